"""The one writer of a RADIUS worker: gathers accounting and logins into group commits.

While one transaction is being committed, what arrives waits and makes up the next: under load many share a commit,
under little load nobody waits for company.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError

from hotspots import accounting_store, login_store
from hotspots.accounting import Report
from hotspots.accounting_store import Applied
from hotspots.database import Database
from hotspots.login import Outcome

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 2000
"""Records in one transaction: enough to share a commit well, few enough that nobody waits long for theirs."""

MOST_OUTCOMES_KEPT = 50_000
"""Logins that wait for a database which is away: about 50 MB of memory. Beyond it the oldest are forgotten."""

GATHER_SECONDS = 0.05
"""So long logins are gathered for one commit, where no accounting waits for one: nobody waits for theirs."""

RETRY_SECONDS = 1.0
"""How long after a refused commit logins are tried again, where no accounting comes before that."""


class Waiting(Protocol):
    """Somebody who waits for a report to be durable: a request that is answered only then."""

    @property
    def report(self) -> Report:
        """What is to be written."""
        ...


W = TypeVar("W", bound=Waiting)


class Writer(Generic[W]):
    """A thread that commits what it is handed. :meth:`close` commits what is left, then ends the thread.

    ``committed`` is called in that thread after each commit, with those who waited for it and what it changed;
    ``failed`` with those whose reports could not be committed, who are to stay unanswered and will ask again.
    ``took`` is told how many seconds each commit took. Logins were answered long before, and nobody asks again:
    they are kept until the database takes them.
    """

    def __init__(
        self,
        database: Database,
        committed: Callable[[Sequence[W], Applied], None],
        failed: Callable[[Sequence[W]], None],
        took: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._database = database
        self._committed = committed
        self._failed = failed
        self._took = took
        self._waiting: list[W] = []
        self._outcomes: list[Outcome] = []
        self._wake = threading.Condition()
        self._closing = False
        self._outcomes_due = 0.0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to commit."""
        self._thread.start()

    def write(self, waiting: Sequence[W], outcomes: Sequence[Outcome] = ()) -> None:
        """Hand over what is to be written; returns at once."""
        with self._wake:
            first_outcomes = bool(outcomes) and not self._outcomes
            if first_outcomes:
                self._outcomes_due = time.monotonic() + GATHER_SECONDS
            self._waiting.extend(waiting)
            self._outcomes.extend(outcomes)
            self._forget_oldest()
            if waiting or first_outcomes:
                self._wake.notify()

    def close(self, timeout_seconds: float = 10) -> None:
        """Commit what is left and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not (self._waiting or self._closing or (self._outcomes and self._seconds_until_due() <= 0)):
                    self._wake.wait(self._seconds_until_due() if self._outcomes else None)
                waiting, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                outcomes, self._outcomes = self._outcomes[:MOST_AT_ONCE], self._outcomes[MOST_AT_ONCE:]
            if not waiting and not outcomes:
                return
            self._commit(waiting, outcomes)

    def _commit(self, waiting: list[W], outcomes: list[Outcome]) -> None:
        began = time.monotonic()
        try:
            applied = self._transaction([each.report for each in waiting], outcomes)
        except (OperationalError, InterfaceError, DisconnectionError):
            _log.exception("the database did not take %d reports and %d logins", len(waiting), len(outcomes))
            self._keep(outcomes)
            self._failed(waiting)
        except Exception:
            if len(waiting) + len(outcomes) == 1:
                _log.exception("a record that cannot be written: %r", (waiting or outcomes)[0])
                self._failed(waiting)
                return
            # One record that the database refuses must not keep the others out: each gets a commit of its own.
            for each in waiting:
                self._commit([each], [])
            for outcome in outcomes:
                self._commit([], [outcome])
        else:
            self._took(time.monotonic() - began)
            self._committed(waiting, applied)

    def _keep(self, outcomes: list[Outcome]) -> None:
        with self._wake:
            if self._closing:
                _log.error("%d logins were never written down", len(outcomes))
                return
            self._outcomes[:0] = outcomes
            self._outcomes_due = time.monotonic() + RETRY_SECONDS
            self._forget_oldest()

    def _seconds_until_due(self) -> float:
        return self._outcomes_due - time.monotonic()

    def _forget_oldest(self) -> None:
        excess = len(self._outcomes) - MOST_OUTCOMES_KEPT
        if excess > 0:
            _log.error("%d logins are not written down: the database has been away for too long", excess)
            del self._outcomes[:excess]

    def _transaction(self, reports: list[Report], outcomes: list[Outcome]) -> Applied:
        with self._database.write() as db:
            if outcomes:
                login_store.apply(db, outcomes)
            return accounting_store.apply(db, reports, datetime.now(UTC)) if reports else Applied()
