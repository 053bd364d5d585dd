"""What one worker does with requests, whatever carries them: decide, answer, hand over to the recorder, disconnect.

A login passes through: a reader (who sent it) -> ``port`` (dropped, asked before, or new) -> ``authentication`` (what
it asks) -> ``hotspots.logins.login`` (the decision) -> ``replies`` (the limits in the gateway's words) ->
``shared_secret`` (signed) -> the way out. What was decided goes to ``hotspots.recorder``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr

from hotspots import keys
from hotspots.database import Database
from hotspots.logins.directory import Directory
from hotspots.logins.login import LoginDesk, Outcome
from hotspots.logins.tickets import TicketDesk
from hotspots.logins.travel import USUAL, Travel
from hotspots.recorder.link import Link
from hotspots.recorder.messages import Happened
from hotspots.sessions.reconsidering import Reconsidering
from radius import metrics
from radius.accounting_port import AccountingPort, Pending
from radius.authentication import Authentication
from radius.authentication_port import AuthenticationPort
from radius.disconnecting import Asker, Disconnecting, Reach
from radius.metrics import Tally
from radius.noticing import Noticing
from radius.observing import Observing
from radius.password_checks import PasswordChecks
from radius.port import Reader, Show, Way
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


class Service:
    """A worker without its sockets: :meth:`load`, then :meth:`begin`, and :meth:`finish` in the end.

    ``recorder`` is the path where its recorder listens. ``show`` is told of each packet. ``hashers`` is how many
    passwords of accounts are hashed at once. The reject of a guess waits for ``reject_delay_seconds`` at most.
    ``travel`` says how fast remembered devices may be elsewhere. It belongs to the loop that runs when it is loaded.
    """

    def __init__(
        self,
        database: Database,
        key: Keys,
        recorder: Path,
        *,
        show: Show | None = None,
        hashers: int = 1,
        reject_delay_seconds: float = 0.0,
        travel: Travel = USUAL,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._key = key
        self._show = show
        self._hashers = hashers
        self._reject_delay_seconds = reject_delay_seconds
        self._travel = travel
        self.tally = Tally()
        self.directory = Directory(database)
        self.executor = ThreadPoolExecutor(2, thread_name_prefix="database")

    async def load(self) -> None:
        """Read the database.

        Raises:
            SQLAlchemyError: It cannot be read.
        """
        self._loop = asyncio.get_running_loop()
        await self._loop.run_in_executor(self.executor, self.directory.load, datetime.now(UTC))

    def begin(
        self,
        ways: Sequence[Way],
        readers: Sequence[Reader],
        reach: Reach,
        asker: Asker,
        yields: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """Be ready for requests.

        Args:
            ways: Where the answers to authentication and to accounting go out.
            readers: What makes requests of what arrives, for the same two.
            reach: Which access points can be asked to end a session, and where.
            asker: Asks them.
            yields: Which access points are left to others, who may reach them better, for a moment.
        """
        self.refresher = Refresher(self.directory, self.executor)
        desk = LoginDesk(self.directory, TicketDesk(self._key.tickets), self._key.vouchers, self._travel)
        self._checks = PasswordChecks(self._hashers)
        around = self.refresher, self.tally, self._show
        self.auth = AuthenticationPort(
            *(ways[0], readers[0], *around),
            Authentication(desk, self._key.classes),
            self._checks,
            lambda outcomes: self._hand_over((), outcomes),
            self._reject_delay_seconds,
        )
        self.acct = AccountingPort(ways[1], readers[1], *around, self._key.classes, self._hand_over)
        self._disconnecting = Disconnecting(
            *(self._database, reach, self.directory.ledger, self.executor, asker),
            *(Reconsidering(desk, self.directory), self.refresher, yields),
        )
        self._link: Link[Pending] = Link(
            self._recorder,
            kept=self.acct.committed,
            refused=self.acct.failed,
            happened=self._take,
            ordered=self._disconnecting.wake,
            announced=self.refresher.look,
            reconnected=self.refresher.catch_up,
        )
        self._counting = self._loop.create_task(self._count(), name="counting")

    def observe(self, transport: str, noticing: Noticing) -> None:
        """Have what requests show of their access points written down; they come by ``udp`` or ``radsec``."""
        for port in (self.auth, self.acct):
            port.observe = Observing(transport, noticing.tell, self._loop.time).look

    async def finish(self) -> None:
        """Write down and answer what waits; nothing more may be read by now."""
        self._checks.stop()
        self.auth.stop()
        await asyncio.gather(self.refresher.stop(), self._disconnecting.stop())
        await self._link.close()
        self._counting.cancel()
        self.tally.flush()
        self.executor.shutdown(wait=False, cancel_futures=True)

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
            self.directory.ledger.put(subject, stay)
        self.directory.used_tickets.update(happened.used_tickets)
