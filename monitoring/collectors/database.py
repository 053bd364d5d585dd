"""How large is the database, and does it have the tables that this version needs?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.orm import Session as OrmSession

from hotspots.storage import migrate


def collect(db: OrmSession, _now: datetime) -> Iterator[Metric]:
    """Size in octets, the migration revision, and whether it is the one that this version was made for."""
    yield GaugeMetricFamily(
        "hotspots_database_size_bytes", "Octets that the database takes on disk.", value=_size_octets(db)
    )
    revision = migrate.current(db.connection()) or "none"
    info = GaugeMetricFamily(
        "hotspots_database_revision_info", "The migration revision of the database.", labels=["revision"]
    )
    info.add_metric([revision], 1)
    yield info
    yield GaugeMetricFamily(
        "hotspots_database_migrated",
        "1 where the database is at the revision that this version needs, 0 where migrations are missing.",
        value=int(revision == _head()),
    )


def _size_octets(db: OrmSession) -> int:
    if db.get_bind().dialect.name == "postgresql":
        return int(db.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    # https://www.sqlite.org/pragma.html#pragma_page_count
    return int(db.scalar(text("PRAGMA page_count")) or 0) * int(db.scalar(text("PRAGMA page_size")) or 0)


@lru_cache(maxsize=1)
def _head() -> str:
    return migrate.head()
