"""The months of sessions on PostgreSQL: a partition each, made before it begins.

What belongs to no month that is there goes into ``sessions_other``, so that no session is ever refused for its date;
when its month is made, it moves there.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database

MONTHS_AHEAD: Final = 2
OTHER: Final = "sessions_other"

_log = logging.getLogger(__name__)


def make_months(database: Database, now: datetime) -> int:
    """Make the partitions of this month, of those that follow, and of sessions that are in none.

    Returns:
        How many were made; none on SQLite, which has one table.
    """
    if database.engine.dialect.name != "postgresql":
        return 0
    with database.read() as db:
        there = set(
            db.scalars(text("SELECT relid::regclass::text FROM pg_partition_tree('sessions') WHERE isleaf"))
        )
        strays = db.scalars(text(f"SELECT DISTINCT date_trunc('month', started_at, 'UTC') FROM {OTHER}"))  # noqa: S608 - ours
        months = {month.astimezone(UTC) for month in strays} | set(_months(now))
    made = 0
    for month in sorted(month for month in months if name(month) not in there):
        with database.write() as db:
            if _make(db, month):
                made += 1
                _log.info("sessions of %s have a partition of their own", month.strftime("%Y-%m"))
    return made


def name(month: datetime) -> str:
    """The partition of the sessions that began in this month, in UTC."""
    return f"sessions_{month:%Y_%m}"


def following(month: datetime) -> datetime:
    """The beginning of the month after this one."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _months(now: datetime) -> list[datetime]:
    months = [now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)]
    for _ in range(MONTHS_AHEAD):
        months.append(following(months[-1]))
    return months


def _make(db: OrmSession, month: datetime) -> bool:
    """In one transaction: who reads or writes meanwhile waits a moment, and finds the partition.

    Without the lock a reader that has begun already could look for a stray where it no longer is. False where another
    node was quicker.
    """
    part, begin, end = name(month), month.isoformat(), following(month).isoformat()
    among = f"started_at >= '{begin}' AND started_at < '{end}'"
    # Who waits for a lock keeps all others waiting behind it: rather later, when no long reading is under way.
    db.execute(text("SET LOCAL lock_timeout = '2s'"))
    db.execute(text("UPDATE session_turn SET version = version + 1"))  # first, as all do who write to sessions
    db.execute(text("LOCK TABLE sessions"))
    if db.scalar(text("SELECT to_regclass(:part)"), {"part": part}) is not None:
        return False
    for statement in (
        # A page has room for the newer state of its rows, which then needs no new entry in any index.
        f"CREATE TABLE {part} (LIKE sessions INCLUDING ALL, CHECK ({among})) WITH (fillfactor = 75)",
        f"WITH strays AS (DELETE FROM {OTHER} WHERE {among} RETURNING *) INSERT INTO {part} SELECT * FROM strays",  # noqa: S608 - ours
        f"ALTER TABLE sessions ATTACH PARTITION {part} FOR VALUES FROM ('{begin}') TO ('{end}')",
    ):
        db.execute(text(statement))
    return True
