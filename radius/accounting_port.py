"""The accounting port: a report is answered only when it is durable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from hotspots.accounting import Report
from radius.accounting import report_of
from radius.callers import Callers
from radius.door import Door
from radius.drops import Drop, Dropped
from radius.duplicates import Key
from radius.metrics import Tally
from radius.numbers import Code
from radius.port import Port, Show
from radius.receiving import Request
from radius.refreshing import Refresher

MOST_PENDING: Final = 20_000
"""Reports that may wait for a commit: more than a database that is well takes in a second."""


class Pending(NamedTuple):
    """A report that is to be written, and whom to answer then."""

    report: Report
    request: Request
    key: Key


class AccountingPort(Port):
    """Answers Accounting-Requests. ``write`` takes the reports of a batch; :meth:`committed` answers them."""

    kind = "acct"
    code = Code.ACCOUNTING_REQUEST
    alive = Code.ACCOUNTING_RESPONSE

    def __init__(
        self,
        door: Door,
        callers: Callers,
        refresher: Refresher,
        tally: Tally,
        show: Show | None,
        class_key: bytes,
        write: Callable[[Sequence[Pending]], None],
    ) -> None:
        super().__init__(door, callers, refresher, tally, show)
        self._class_key = class_key
        self._write = write
        self._gathered: list[Pending] = []
        self._pending = 0
        self._now = datetime.now(UTC)

    def handle(self, request: Request, key: Key) -> None:
        """Gather the report.

        Raises:
            Dropped: More wait already than can be written in time, or the packet reports nothing.
        """
        if self._pending >= MOST_PENDING:
            raise Dropped(Drop.OVERLOAD)
        if not self._gathered:
            # What is read in one go came at one time: its text is then made once for the database, too.
            self._now = datetime.now(UTC)
        report = report_of(request.packet, request.caller.client, self._class_key, self._now)
        self._gathered.append(Pending(report, request, key))
        self._pending += 1

    def rested(self) -> None:
        """Hand over what was gathered."""
        if self._gathered:
            gathered, self._gathered = self._gathered, []
            self._write(gathered)

    def committed(self, waiting: Sequence[Pending]) -> None:
        """These are durable: answer them."""
        self._pending -= len(waiting)
        for _, request, key in waiting:
            self.answer(request, key, request.reply(Code.ACCOUNTING_RESPONSE), "answered")

    def failed(self, waiting: Sequence[Pending]) -> None:
        """These are not: stay silent, so that the gateway keeps them and asks again."""
        self._pending -= len(waiting)
        for _, request, key in waiting:
            self.forget(key)
            self.drop(request.address, Drop.NOT_WRITTEN)
