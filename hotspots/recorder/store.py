"""One transaction of the recorder: reports, logins, when each access point was heard, how far the spool is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import accounting_store, bulk, login_store, models
from hotspots.accounting import Report
from hotspots.accounting_store import Applied
from hotspots.database import Database
from hotspots.known_sessions import KnownSessions
from hotspots.login_records import LoginRecord
from hotspots.spool import Position

_ACCESS_POINT_STATES: Final[Table] = models.Base.metadata.tables["access_point_states"]
_SPOOL_POSITIONS: Final[Table] = models.Base.metadata.tables["spool_positions"]
_HEARD_EVERY: Final = timedelta(seconds=1)
"""When an access point was heard last is written down no more often: people look at minutes."""

_WRITERS_TURN: Final = 7_204_120
"""The advisory lock of PostgreSQL that recorders take: any number, the same on all nodes."""


class Store:
    """Where the recorder writes. ``spool`` is the name of its spool, which is never used again for another one."""

    def __init__(self, database: Database, spool: str) -> None:
        self._database = database
        self._spool = spool
        self._known = KnownSessions()
        self._seen: tuple[Any, int] | None = None
        self._heard: dict[tuple[str, int], datetime] = {}

    def write(
        self,
        reports: Sequence[Report],
        logins: Sequence[LoginRecord],
        now: datetime,
        applied_up_to: Position | None = None,
    ) -> Applied:
        """Commit all of it, or nothing; it is durable when this returns.

        With ``applied_up_to``, how far the spool is applied is part of the same transaction.

        Raises:
            SQLAlchemyError: The database refuses it, or cannot be reached.
        """
        try:
            with self._database.write() as db:
                self._look_who_wrote(db)
                applied = Applied()
                if logins:
                    login_store.apply(db, logins)
                if reports:
                    applied = accounting_store.apply(db, reports, now, self._known)
                heard = self._write_heard(db, reports, logins)
                if applied_up_to is not None:
                    self._write_position(db, applied_up_to)
        except BaseException:
            self._known.clear()
            raise
        self._known.take(applied.states, applied.ids)
        self._heard |= heard
        return applied

    def position(self) -> Position:
        """How far the spool has been applied, as the database knows it."""
        row = _SPOOL_POSITIONS.c
        with self._database.read() as db:
            known = db.execute(select(row.segment, row.octets).where(row.spool == self._spool)).one_or_none()
        return Position(*known) if known is not None else Position()

    def _look_who_wrote(self, db: OrmSession) -> None:
        """Forget the known sessions where somebody else has written since; let no recorder write beside this one."""
        connection = db.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_TURN})")
            self._known.clear()
            return
        # A number of this very connection, which changes when another one commits (sqlite.org/pragma.html).
        version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        seen = connection.connection.driver_connection, version
        if self._seen is None or seen[0] is not self._seen[0] or version != self._seen[1]:
            self._known.clear()
            self._seen = seen

    def _write_heard(
        self, db: OrmSession, reports: Sequence[Report], logins: Sequence[LoginRecord]
    ) -> Mapping[tuple[str, int], datetime]:
        latest: dict[tuple[str, int], datetime] = {}
        for column, records in (("last_accounting_at", reports), ("last_login_at", logins)):
            for record in records:
                place = (column, record.access_point_id)
                latest[place] = max(record.at, latest.get(place, record.at))
        due = {
            place: at
            for place, at in latest.items()
            if at - self._heard.get(place, at - _HEARD_EVERY) >= _HEARD_EVERY
        }
        for column in ("last_accounting_at", "last_login_at"):
            rows = [(number, at) for (what, number), at in due.items() if what == column]
            if rows:
                bulk.upsert(db, _ACCESS_POINT_STATES, ("access_point_id", column), rows)
        return due

    def _write_position(self, db: OrmSession, position: Position) -> None:
        row = (self._spool, position.segment, position.offset)
        bulk.upsert(db, _SPOOL_POSITIONS, ("spool", "segment", "octets"), [row])
