"""The RADIUS server of one worker: two sockets, one loop, one writer.

A login passes through: ``door`` (the socket) -> ``port`` (dropped, asked before, or new) -> ``receiving`` (who sent
it) -> ``authentication`` (what it asks) -> ``hotspots.login`` (the decision) -> ``replies`` (the limits in the
gateway's words) -> ``shared_secret`` (signed) -> ``door``. What was decided goes to ``hotspots.writer``.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from pydantic import SecretStr

from hotspots import keys
from hotspots.accounting_store import Applied
from hotspots.database import Database
from hotspots.directory import Directory
from hotspots.login import LoginDesk
from hotspots.tickets import TicketDesk
from hotspots.writer import Writer
from radius import metrics
from radius.accounting_port import AccountingPort, Pending
from radius.authentication import Authentication
from radius.authentication_port import AuthenticationPort
from radius.callers import Callers
from radius.disconnecting import Disconnecting
from radius.door import Door
from radius.metrics import Tally
from radius.port import Show
from radius.refreshing import Refresher

_COUNT_EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys that a worker needs, derived from the server's one."""

    tickets: bytes
    vouchers: bytes
    classes: bytes

    @classmethod
    def derive(cls, secret_key: SecretStr) -> Self:
        """From the server's secret key."""
        purposes = keys.TICKETS, keys.VOUCHER_LOOKUP, keys.CLASS_ATTRIBUTE
        return cls(*(keys.derive(secret_key, purpose) for purpose in purposes))


class Server:
    """Answers RADIUS on two sockets, from :meth:`start` to :meth:`stop`, in the running loop.

    ``shared`` says that other workers write to the same database. ``show`` is told of each packet.
    """

    def __init__(self, database: Database, key: Keys, *, shared: bool = False, show: Show | None = None) -> None:
        self._database = database
        self._key = key
        self._show = show
        self.tally = Tally()
        self._directory = Directory(database, shared=shared)
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="database")

    async def start(self, auth: socket.socket, acct: socket.socket) -> None:
        """Read the database, and answer on these sockets when this returns.

        Raises:
            SQLAlchemyError: The database cannot be read.
        """
        self._loop = asyncio.get_running_loop()
        await self._loop.run_in_executor(self._executor, self._directory.load, datetime.now(UTC))
        callers = Callers(self._directory)
        self.refresher = Refresher(self._directory, self._executor)
        self._writer: Writer[Pending] = Writer(
            self._database, self._on_committed, self._on_failed, metrics.COMMIT_SECONDS.observe
        )
        desk = LoginDesk(self._directory, TicketDesk(self._key.tickets), self._key.vouchers)
        self._doors = (Door(auth), Door(acct))
        around = callers, self.refresher, self.tally, self._show
        self._auth = AuthenticationPort(
            self._doors[0],
            *around,
            Authentication(desk, self._key.classes),
            lambda outcomes: self._writer.write([], outcomes),
        )
        self._acct = AccountingPort(self._doors[1], *around, self._key.classes, self._writer.write)
        self._disconnecting = Disconnecting(self._database, callers, self._directory.ledger, self._executor)
        self._counting = self._loop.create_task(self._count(), name="counting")
        self._writer.start()
        self._auth.open()
        self._acct.open()

    @property
    def ports(self) -> tuple[int, int]:
        """The ports of authentication and accounting."""
        return self._doors[0].port, self._doors[1].port

    async def stop(self) -> None:
        """Read nothing more, write down and answer what waits, and close the sockets."""
        for door in self._doors:
            door.shut()
        await asyncio.gather(self.refresher.stop(), self._disconnecting.stop())
        # Its answers are sent before the wait for its thread is over: the loop takes them in turn.
        await self._loop.run_in_executor(None, self._writer.close)
        self._counting.cancel()
        self.tally.flush()
        for door in self._doors:
            door.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(_COUNT_EVERY_SECONDS)
            self.tally.flush()
            metrics.DIRECTORY_AGE_SECONDS.set(self.refresher.age_seconds)

    def _on_committed(self, waiting: Sequence[Pending], applied: Applied) -> None:
        """In the writer's thread: the loop answers."""
        self._loop.call_soon_threadsafe(self._committed, waiting, applied)

    def _on_failed(self, waiting: Sequence[Pending]) -> None:
        metrics.COMMIT_FAILURES.inc()
        self._loop.call_soon_threadsafe(self._acct.failed, waiting)

    def _committed(self, waiting: Sequence[Pending], applied: Applied) -> None:
        for state in applied.states.values():
            if state.subject is not None:
                self._directory.ledger.put(state.subject, state.stay())
        self._acct.committed(waiting)
        if applied.disconnects:
            self._disconnecting.wake()
