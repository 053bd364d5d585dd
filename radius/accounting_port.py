"""The accounting port: a report is answered only when it is durable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final, NamedTuple

from hotspots.sessions.accounting import Report
from radius.accounting import report_of
from radius.drops import Drop, Dropped
from radius.metrics import Tally
from radius.numbers import Code
from radius.port import Port, Reader, Show, Way
from radius.receiving import Request
from radius.refreshing import Refresher

MOST_PENDING: Final = 20_000
"""Reports that may wait for a commit: more than a database that is well takes in a second."""


class Pending(NamedTuple):
    """A report that is to be written, and whom to answer then."""

    report: Report
    request: Request


class AccountingPort(Port):
    """Answers Accounting-Requests. ``write`` takes the reports of a batch; :meth:`committed` answers them."""

    kind: ClassVar[str] = "acct"
    code: ClassVar[Code] = Code.ACCOUNTING_REQUEST
    alive: ClassVar[Code] = Code.ACCOUNTING_RESPONSE

    def __init__(
        self,
        way: Way,
        reader: Reader,
        refresher: Refresher,
        tally: Tally,
        show: Show | None,
        class_key: bytes,
        write: Callable[[Sequence[Pending]], None],
    ) -> None:
        super().__init__(way, reader, refresher, tally, show)
        self._class_key = class_key
        self._write = write
        self._pending = 0

    def handle(self, requests: Sequence[Request]) -> None:
        """Hand over what is reported; more than can be written in time is met with silence."""
        # What is read in one go came at one time: its text is then made once for the database, too.
        now = datetime.now(UTC)
        reports = [self._report(request, now) for request in requests]
        waiting = [
            Pending(report, request)
            for request, report in zip(requests, reports, strict=True)
            if report is not None
        ]
        if waiting:
            self._pending += len(waiting)
            self._write(waiting)

    def committed(self, waiting: Sequence[Pending]) -> None:
        """These are durable: answer them."""
        self._pending -= len(waiting)
        replies = [self._reply(request) for _, request in waiting]
        for (_, request), reply in zip(waiting, replies, strict=True):
            if reply is not None:
                self.answer(request, reply, "answered")

    def failed(self, waiting: Sequence[Pending]) -> None:
        """These are not: stay silent, so that the gateway keeps them and asks again."""
        self._pending -= len(waiting)
        for _, request in waiting:
            self.give_up(request, Dropped(Drop.NOT_WRITTEN))

    def _report(self, request: Request, now: datetime) -> Report | None:
        try:
            if self._pending >= MOST_PENDING:
                raise Dropped(Drop.OVERLOAD)
            return report_of(request.packet, request.caller.client, self._class_key, now)
        except Exception as error:
            self.give_up(request, error)
            return None

    def _reply(self, request: Request) -> bytes | None:
        try:
            return request.reply(Code.ACCOUNTING_RESPONSE)
        except Exception as error:
            self.give_up(request, error)
            return None
