"""The recorder's loop: gather what the workers sent, make it durable, and say so."""

from __future__ import annotations

import logging
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from hotspots.bulk import is_away
from hotspots.policy import Subject
from hotspots.recorder import metrics
from hotspots.recorder.backlog import Backlog
from hotspots.recorder.connections import Connections, Worker
from hotspots.recorder.messages import Answer, Batch, Happened, Kept, Refused, decode_batch, encode
from hotspots.recorder.store import Store, Written, reserved, used_tickets
from hotspots.sessions.stay import Stay
from hotspots.storage.spool import SpoolFullError

_log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 2000
"""Reports in one transaction: enough to share a commit well, few enough that nobody waits long for theirs."""

MOST_LOGINS: Final = 500
"""Logins in one transaction: accounting that comes meanwhile waits for its end, and nobody waits for logins."""

MOST_LOGINS_ALONE: Final = 2000
"""The same where no accounting comes: then a commit is shared by more of them."""

ALONE_SECONDS: Final = 1.0
"""So long no accounting has come where none is expected."""

MOST_LOGINS_WAITING: Final = 20_000
"""Logins that are read while they wait, so that accounting behind them is found: about 10 MB of memory."""

GATHER_SECONDS: Final = 0.05
"""So long logins are gathered for one commit, where no accounting waits for one: nobody waits for theirs."""

SLOW_SECONDS: Final = 0.0015
"""A commit that waited so long for the database, its own work aside, is worth more company in the next one."""

COMPANY_SECONDS: Final = 0.002
"""So long, and half as long as the last commit waited, the reports of a storm wait at most for the others of it
(what PostgreSQL's manual says of ``commit_delay``): with a slow disk they come in one commit instead of two."""

_STORM: Final = 8

RETRY_SECONDS: Final = 1.0
"""How long the database is left alone after it could not be reached."""

FAREWELL_SECONDS: Final = 5.0
"""So long a recorder that was asked to stop waits for the workers to hand over their last records."""

_MOST_STAYS: Final = 500
_COUNT_EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Received:
    """A batch as it came: from whom, its octets, and what is in them."""

    worker: Worker
    message: bytes
    batch: Batch


class Recorder:
    """Serves the workers that connect to ``listener`` until :meth:`stop`, which any thread or signal may call.

    Where the database is away, what comes goes into ``backlog``, and from there into the database when it is back;
    meanwhile what comes goes behind it, so that the order stays.
    """

    def __init__(self, listener: socket.socket, store: Store, backlog: Backlog) -> None:
        self._connections = Connections(listener)
        self._store = store
        self._backlog = backlog
        self._inbox: list[_Received] = []
        self._reports = self._logins = 0  # of the inbox
        self._logins_due: float | None = None
        self._reported_at = float("-inf")
        self._company, self._company_until = 0, 0.0
        self._away_until = 0.0
        self._stop_at: float | None = None
        self._counted_at = 0.0
        self._to_pass_on: deque[bytes] = deque()
        self._grants: list[tuple[Subject, Stay]] = []

    def run(self) -> None:
        """Record until asked to stop, and until the workers have handed over what they have, or five seconds."""
        while not self._finished():
            self._turn()
        self._connections.close()

    def stop(self) -> None:
        """Have :meth:`run` end."""
        self._stop_at = time.monotonic() + FAREWELL_SECONDS
        self._connections.ring()

    def pass_on(self, message: bytes) -> None:
        """Have all workers told an encoded message; any thread may call."""
        self._to_pass_on.append(message)
        self._connections.ring()

    def _finished(self) -> bool:
        if self._stop_at is None or self._inbox:
            return False
        return not self._connections or time.monotonic() >= self._stop_at

    def _turn(self) -> None:
        for worker in self._connections.wait(self._patience()):
            self._read(worker)
        while self._to_pass_on:
            self._connections.send_to_all(self._to_pass_on.popleft())
        if self._grants:
            # Before they are written: another worker may be about to grant the same rest to another device.
            grants, self._grants = self._grants, []
            self._announce(Written(grants))
            self._logins_due = time.monotonic()  # other nodes hear of it by the commit
        if self._is_due():
            self._keep_all()
        self._work_off()
        self._rest()
        self._count()

    def _rest(self) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            written = self._store.rest()
        except Exception as error:
            if not is_away(error):
                raise
            _log.warning("the database does not answer: %s", _first_line(error))
            self._leave_alone()
        else:
            self._announce(written)

    def _count(self) -> None:
        now = time.monotonic()
        if now >= self._counted_at + _COUNT_EVERY_SECONDS:
            self._counted_at = now
            metrics.SPOOL_OCTETS.set(self._backlog.octets)
            metrics.SPOOL_AGE_SECONDS.set(self._backlog.age_seconds())

    def _patience(self) -> float:
        """How long to wait for somebody to say something."""
        if self._to_pass_on:
            return 0.0
        now = time.monotonic()
        moments = [now + 1.0]
        if self._reports:
            moments.append(self._company_until)
        if self._logins_due is not None:
            moments.append(self._logins_due)
        if not self._backlog.empty:
            moments.append(self._away_until)
        if self._store.rest_due_at is not None:
            moments.append(max(self._away_until, self._store.rest_due_at))
        return max(0.0, min(moments) - now)

    def _read(self, worker: Worker) -> None:
        """Take what a worker sent, up to what one transaction holds."""
        for message in self._connections.read(worker):
            try:
                received = _Received(worker, message, decode_batch(message))
            except msgspec.DecodeError:
                _log.exception("a worker of another version speaks: it is sent away")
                self._connections.dismiss(worker)
                return
            self._inbox.append(received)
            self._grants += reserved(received.batch.logins)
            self._reports += len(received.batch.reports)
            self._logins += len(received.batch.logins)
            if received.batch.reports:
                self._reported_at = time.monotonic()
            elif self._logins_due is None:
                self._logins_due = time.monotonic() + GATHER_SECONDS
            if self._reports >= MOST_AT_ONCE or self._logins >= MOST_LOGINS_WAITING:
                return

    def _is_due(self) -> bool:
        if not self._inbox:
            return False
        if self._stop_at is not None or self._logins >= self._most_logins():
            return True
        if self._reports:
            return self._reports >= self._company or time.monotonic() >= self._company_until
        return self._logins_due is not None and time.monotonic() >= self._logins_due

    def _most_logins(self) -> int:
        alone = time.monotonic() - self._reported_at >= ALONE_SECONDS
        return MOST_LOGINS_ALONE if alone else MOST_LOGINS

    def _keep_all(self) -> None:
        received = self._take_due()
        if self._backlog.empty and time.monotonic() >= self._away_until:
            self._commit(received)
        else:
            self._put_by(received)

    def _take_due(self) -> list[_Received]:
        """All reports that wait, and a bounded number of logins; the others come right after."""
        due: list[_Received] = []
        left: list[_Received] = []
        logins, most = 0, self._most_logins()
        for each in self._inbox:
            if each.batch.reports or logins < most:
                due.append(each)
                logins += len(each.batch.logins)
            else:
                left.append(each)
        self._inbox = left
        self._company = 0
        self._reports, self._logins = 0, sum(len(each.batch.logins) for each in left)
        self._logins_due = time.monotonic() if left else None
        return due

    def _commit(self, received: Sequence[_Received]) -> None:
        began, worked = time.monotonic(), time.thread_time()
        reports = [report for each in received for report in each.batch.reports]
        logins = [login for each in received for login in each.batch.logins]
        try:
            written = self._store.write(reports, logins, datetime.now(UTC))
        except Exception as error:
            if is_away(error):
                why = _first_line(error)
                _log.error(
                    "the database does not take %d reports and %d logins: %s", len(reports), len(logins), why
                )
                self._leave_alone()
                self._put_by(received)
            else:
                # One record that the database refuses must not keep the others out: each gets a commit of its own.
                self._commit_each(received)
        else:
            took = time.monotonic() - began
            metrics.COMMIT_SECONDS.observe(took)
            self._announce(written)
            self._answer(received, disconnects=bool(written.disconnects))
            self._expect_company(len(reports), waited=took - (time.thread_time() - worked))

    def _expect_company(self, reports: int, *, waited: float) -> None:
        """In a storm on a slow disk, those that were just answered come again with those that wait already."""
        if waited < SLOW_SECONDS or reports < _STORM:
            return
        for worker in self._connections.wait(0):
            self._read(worker)
        self._company = reports + self._reports
        self._company_until = time.monotonic() + min(waited / 2, COMPANY_SECONDS)

    def _commit_each(self, received: Sequence[_Received]) -> None:
        for place, each in enumerate(received):
            try:
                self._send(each.worker, self._commit_one_by_one(each.batch))
            except Exception as error:
                if not is_away(error):
                    raise
                _log.error("the database is gone amid the records of one batch: %s", _first_line(error))
                self._leave_alone()
                self._put_by(received[place:])  # what was written of it already changes nothing when it comes again
                return

    def _commit_one_by_one(self, batch: Batch) -> Kept | Refused:
        """Write each record by itself; those that the database refuses are named in the answer.

        Raises:
            Exception: As :func:`hotspots.bulk.is_away` describes.
        """
        refused: list[int] = []
        for place, report in enumerate(batch.reports):
            try:
                self._announce(self._store.write([report], [], datetime.now(UTC)))
            except Exception as error:
                if is_away(error):
                    raise
                _log.exception("a record that cannot be written: %r", report)
                refused.append(place)
        for login in batch.logins:
            try:
                self._announce(self._store.write([], [login], datetime.now(UTC)))
            except Exception as error:
                if is_away(error):
                    raise
                _log.exception("a login that cannot be written: %r", login)
        return Refused(batch.number, refused, logins=False) if refused else Kept([batch.number])

    def _leave_alone(self) -> None:
        metrics.COMMIT_FAILURES.inc()
        self._away_until = time.monotonic() + RETRY_SECONDS

    def _put_by(self, received: Sequence[_Received]) -> None:
        """Into the spool, until the database is back."""
        try:
            self._backlog.append([each.message for each in received])
        except (OSError, SpoolFullError) as error:
            _log.error("%d batches could not be kept at all: %s", len(received), error)
            for each in received:
                places = list(range(len(each.batch.reports)))
                self._send(each.worker, Refused(each.batch.number, places, logins=True))
        else:
            logins = (login for each in received for login in each.batch.logins)
            self._announce(Written(used_tickets=used_tickets(logins)))
            self._answer(received, disconnects=False)

    def _work_off(self) -> None:
        """Apply a part of the backlog, where there is one and the database may be there."""
        if self._backlog.empty or time.monotonic() < self._away_until:
            return
        try:
            written = self._backlog.apply(self._store, MOST_AT_ONCE)
        except Exception as error:
            if not is_away(error) and not isinstance(error, OSError):
                raise
            _log.warning("%d octets wait in the spool: %s", self._backlog.octets, _first_line(error))
            self._away_until = time.monotonic() + RETRY_SECONDS
        else:
            self._announce(written)

    def _answer(self, received: Sequence[_Received], *, disconnects: bool) -> None:
        numbers: dict[Worker, list[int]] = {}
        for each in received:
            numbers.setdefault(each.worker, []).append(each.batch.number)
        for worker, kept in numbers.items():
            self._send(worker, Kept(kept, disconnects))

    def _announce(self, written: Written) -> None:
        """Tell all workers what changed for those who decide logins."""
        for start in range(0, max(len(written.stays), len(written.used_tickets)), _MOST_STAYS):
            part = slice(start, start + _MOST_STAYS)
            message = encode(Happened(written.stays[part], written.used_tickets[part]))
            self._connections.send_to_all(message)

    def _send(self, worker: Worker, answer: Answer) -> None:
        self._connections.send(worker, encode(answer))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
