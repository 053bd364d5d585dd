"""The RADIUS server of one worker over UDP: two sockets, one loop, one connection to the recorder."""

from __future__ import annotations

import socket

from hotspots.access_points.transports import UDP
from radius.accounting_port import AccountingPort
from radius.authentication_port import AuthenticationPort
from radius.callers import SOURCE_RATE, Callers
from radius.coa_client import CoaClient
from radius.door import Door
from radius.host_names import HostNames
from radius.noticing import Noticing
from radius.receiving import Receiver
from radius.service import Keys, Service

__all__ = ["Keys", "Server"]


class Server(Service):
    """Answers RADIUS on two sockets, from :meth:`start` to :meth:`stop`, in the running loop."""

    async def start(self, auth: socket.socket, acct: socket.socket, *, source_rate: float = SOURCE_RATE) -> None:
        """Read the database, and answer on these sockets when this returns.

        An address may send ``source_rate`` packets a second.

        Raises:
            SQLAlchemyError: The database cannot be read.
        """
        await self.load()
        callers = Callers(self.directory, source_rate)
        self._noticing = Noticing(self._database, callers, self.executor)
        self._host_names = HostNames(self.directory, self._noticing.tell)
        readers = [Receiver(callers, port.code) for port in (AuthenticationPort, AccountingPort)]
        self._doors = (Door(auth), Door(acct))
        self.begin(self._doors, readers, callers, CoaClient(show=self._show), self.directory.has_certificate)
        self.observe(UDP, self._noticing)
        auth_door, acct_door = self._doors
        auth_door.open(self.auth.received, self._link.is_behind)
        acct_door.open(self.acct.received)

    @property
    def ports(self) -> tuple[int, int]:
        """The ports of authentication and accounting."""
        return self._doors[0].port, self._doors[1].port

    async def stop(self) -> None:
        """Read nothing more, write down and answer what waits, and close the sockets."""
        for door in self._doors:
            door.shut()
        await self._host_names.stop()
        await self._noticing.stop()
        await self.finish()
        for door in self._doors:
            door.close()
