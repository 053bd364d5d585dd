"""One transaction of the recorder: reports, logins, when each access point was heard, how far the spool is applied."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table

from hotspots import models
from hotspots.bulk import Bulk, BulkConnection
from hotspots.database import Database
from hotspots.logins import login_store
from hotspots.logins.login_records import LoginRecord
from hotspots.policy import Subject
from hotspots.recorder import neighbours
from hotspots.recorder.untold import MANY, Untold
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import Report
from hotspots.sessions.accounting_store import Applied
from hotspots.sessions.known_sessions import KnownSessions
from hotspots.sessions.stay import Stay
from hotspots.storage.spool import Position

_ACCESS_POINT_STATES: Final[Table] = models.Base.metadata.tables["access_point_states"]
_SPOOL_POSITIONS: Final[Table] = models.Base.metadata.tables["spool_positions"]
_HEARD_EVERY: Final = timedelta(seconds=1)
"""When an access point was heard last is written down no more often: people look at minutes."""

_TAKE_TURN: Final = "UPDATE session_turn SET version = version + 1 RETURNING version"
"""Whoever writes to sessions on PostgreSQL does this first, or a trigger does it for them: until they commit, nobody
else writes; and who finds the number that they left knows that nobody has."""


@dataclass(slots=True)
class Written:
    """What a transaction changed for those who decide logins, and how many sessions it asked to be ended."""

    stays: list[tuple[Subject, Stay]] = field(default_factory=list)
    used_tickets: list[tuple[str, datetime]] = field(default_factory=list)
    disconnects: int = 0

    def add(self, other: Written) -> None:
        """Take in what a later transaction changed."""
        self.stays += other.stays
        self.used_tickets += other.used_tickets
        self.disconnects += other.disconnects


class Store:
    """Where the recorder writes. ``spool`` is the name of its spool, which is never used again for another one.

    By the same name its node is known to the others. ``checkpoint_due`` asks for what :meth:`rest` does.
    """

    def __init__(self, database: Database, spool: str, checkpoint_due: threading.Event | None = None) -> None:
        self._connection = BulkConnection(database.engine)
        self._on_postgresql = database.engine.dialect.name == "postgresql"
        self._spool = spool
        self._checkpoint_due = checkpoint_due or threading.Event()
        self._known = KnownSessions()
        self._seen: int | None = None
        self._heard: dict[tuple[str, int], datetime] = {}
        self._untold = Untold()

    @property
    def rest_due_at(self) -> float | None:
        """When :meth:`rest` has something to tell, on the monotonic clock; None where all was told."""
        return self._untold.due_at if self._untold else None

    def write(
        self,
        reports: Sequence[Report],
        logins: Sequence[LoginRecord],
        now: datetime,
        applied_up_to: Position | None = None,
    ) -> Written:
        """Commit all of it, or nothing; it is durable when this returns.

        With ``applied_up_to``, how far the spool is applied is part of the same transaction. In a storm the stays
        are told now and then, by this or by :meth:`rest`; used tickets always at once.

        Raises:
            SQLAlchemyError: The database refuses it, or cannot be reached.
        """
        with self._transaction() as db:
            self._look_who_wrote(db)
            applied = Applied()
            if logins:
                login_store.apply(db, logins)
            if reports:
                applied = accounting_store.apply(db, reports, now, self._known)
            heard = self._write_heard(db, reports, logins)
            if applied_up_to is not None:
                self._write_position(db, applied_up_to)
            at = time.monotonic()
            storm = len(reports) >= MANY and at < self._untold.due_at
            told = [] if storm else self._untold.together_with(applied.states)
            written = Written(told, used_tickets(logins), applied.disconnects)
            neighbours.tell(db, self._spool, [*written.stays, *reserved(logins)], written.used_tickets)
        self._known.take(applied.states, applied.ids)
        self._heard |= heard
        if storm:
            self._untold.keep(applied.states)
        else:
            self._untold.told(at)
        return written

    def rest(self) -> Written:
        """Do what has to be done between two transactions, when nobody waits for an answer.

        Raises:
            sqlite3.Error: The file cannot be written to.
            SQLAlchemyError: The database cannot be reached.
        """
        if self._checkpoint_due.is_set():
            self._checkpoint_due.clear()
            with self._forgetting_on_failure():
                self._connection.checkpoint()
        now = time.monotonic()
        if not self._untold or now < self._untold.due_at:
            return Written()
        stays = self._untold.together_with({})
        if self._on_postgresql:
            with self._transaction() as db:
                neighbours.tell(db, self._spool, stays, [])
        self._untold.told(now)
        return Written(stays)

    def position(self) -> Position:
        """How far the spool has been applied, as the database knows it."""
        columns = _SPOOL_POSITIONS.c
        with self._transaction() as db:
            known = db.fetch([columns.segment, columns.octets], "spool = ?", self._spool)
        return Position(*known[0]) if known else Position()

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[Bulk]:
        with self._forgetting_on_failure(), self._connection.transaction() as db:
            yield db

    @contextmanager
    def _forgetting_on_failure(self) -> Iterator[None]:
        """A failure costs the connection, and the next one counts what others write from another number."""
        with ExitStack() as on_failure:
            on_failure.callback(self._forget)
            yield
            on_failure.pop_all()

    def _forget(self) -> None:
        self._known.clear()
        self._seen = None

    def _look_who_wrote(self, db: Bulk) -> None:
        """Forget the known sessions where somebody else has written since; let no recorder write beside this one."""
        if db.on_postgresql:
            version = db.scalar(_TAKE_TURN)
            unchanged = self._seen is not None and version == self._seen + 1
        else:
            # A number of this very connection, which changes when another one commits (sqlite.org/pragma.html).
            version = db.scalar("PRAGMA data_version")
            unchanged = version == self._seen
        if not unchanged:
            self._known.clear()
        self._seen = version

    def _write_heard(
        self, db: Bulk, reports: Sequence[Report], logins: Sequence[LoginRecord]
    ) -> Mapping[tuple[str, int], datetime]:
        latest: dict[tuple[str, int], datetime] = {}
        for column, records in (("last_accounting_at", reports), ("last_login_at", logins)):
            # Most of those that came together share place and time.
            for place, at in {(record.access_point_id, record.at) for record in records}:
                latest[column, place] = max(at, latest.get((column, place), at))
        due = {
            place: at
            for place, at in latest.items()
            if at - self._heard.get(place, at - _HEARD_EVERY) >= _HEARD_EVERY
        }
        for column in ("last_accounting_at", "last_login_at"):
            rows = [(number, at) for (what, number), at in due.items() if what == column]
            if rows:
                db.upsert(_ACCESS_POINT_STATES, ("access_point_id", column), rows)
        return due

    def _write_position(self, db: Bulk, position: Position) -> None:
        row = (self._spool, position.segment, position.offset)
        db.upsert(_SPOOL_POSITIONS, ("spool", "segment", "octets"), [row])


def used_tickets(logins: Iterable[LoginRecord]) -> list[tuple[str, datetime]]:
    """The nonces of the tickets that these logins used, and when each would have expired."""
    return [login.used_ticket for login in logins if login.used_ticket is not None]


def reserved(logins: Iterable[LoginRecord]) -> list[tuple[Subject, Stay]]:
    """What these logins granted to one device of somebody who may have several."""
    return [login.reserved for login in logins if login.reserved is not None]
