"""The RADIUS server of one worker: two sockets, one loop, one connection to the recorder.

A login passes through: ``door`` (the socket) -> ``port`` (dropped, asked before, or new) -> ``receiving`` (who sent
it) -> ``authentication`` (what it asks) -> ``hotspots.login`` (the decision) -> ``replies`` (the limits in the
gateway's words) -> ``shared_secret`` (signed) -> ``door``. What was decided goes to ``hotspots.recorder``.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr

from hotspots import keys
from hotspots.database import Database
from hotspots.directory import Directory
from hotspots.login import LoginDesk, Outcome
from hotspots.recorder.link import Link
from hotspots.recorder.messages import Happened
from hotspots.tickets import TicketDesk
from radius import metrics
from radius.accounting_port import AccountingPort, Pending
from radius.authentication import Authentication
from radius.authentication_port import AuthenticationPort
from radius.callers import Callers
from radius.disconnecting import Disconnecting
from radius.door import Door
from radius.metrics import Tally
from radius.password_checks import PasswordChecks
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

    ``recorder`` is the path where its recorder listens. ``show`` is told of each packet.
    ``hashers`` is how many passwords of accounts are hashed at once.
    """

    def __init__(
        self,
        database: Database,
        key: Keys,
        recorder: Path,
        *,
        show: Show | None = None,
        hashers: int = 1,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._key = key
        self._show = show
        self._hashers = hashers
        self.tally = Tally()
        self._directory = Directory(database)
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
        desk = LoginDesk(self._directory, TicketDesk(self._key.tickets), self._key.vouchers)
        self._checks = PasswordChecks(self._hashers)
        self._doors = (Door(auth), Door(acct))
        around = callers, self.refresher, self.tally, self._show
        self._auth = AuthenticationPort(
            self._doors[0],
            *around,
            Authentication(desk, self._key.classes),
            self._checks,
            lambda outcomes: self._hand_over((), outcomes),
        )
        self._acct = AccountingPort(self._doors[1], *around, self._key.classes, self._hand_over)
        self._disconnecting = Disconnecting(self._database, callers, self._directory.ledger, self._executor)
        self._link: Link[Pending] = Link(
            self._recorder,
            kept=self._acct.committed,
            refused=self._acct.failed,
            happened=self._take,
            ordered=self._disconnecting.wake,
            announced=self.refresher.look,
            reconnected=self.refresher.catch_up,
        )
        self._counting = self._loop.create_task(self._count(), name="counting")
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
        self._checks.stop()
        await asyncio.gather(self.refresher.stop(), self._disconnecting.stop())
        await self._link.close()
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
            metrics.PASSWORDS_WAITING.set(self._checks.waiting)

    def _hand_over(self, waiting: Sequence[Pending], outcomes: Sequence[Outcome] = ()) -> None:
        self._link.write(waiting, outcomes)

    def _take(self, happened: Happened) -> None:
        """What any worker of this machine heard or decided, and the recorder has written."""
        for subject, stay in happened.stays:
            self._directory.ledger.put(subject, stay)
        self._directory.used_tickets.update(happened.used_tickets)
