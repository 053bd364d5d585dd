"""A check of PostgreSQL: that no commit waits for a standby that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text

from hotspots.database import Database
from hotspots.doctor.finding import Finding, State
from hotspots.storage.commits import WARN_AFTER_SECONDS

# The wait for a synchronous standby, as PostgreSQL's manual names it (table "Wait Events of Type IPC").
_LONGEST: Final = text(
    "SELECT extract(epoch FROM max(clock_timestamp() - query_start)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event = 'SyncRep'"
)


def check_commits(database: Database) -> Iterator[Finding]:
    """How long commits wait for their standby, if any does; nothing on SQLite, which has none."""
    if database.engine.dialect.name != "postgresql":
        return
    with database.read() as session:
        seconds = float(session.scalar(_LONGEST) or 0)
    if seconds < WARN_AFTER_SECONDS:
        yield Finding("commits", State.OK, "none waits for a standby")
        return
    yield Finding(
        "commits",
        State.WRONG,
        f"one has been waiting for a synchronous standby for {seconds:.0f} s: accounting is not answered",
        "Bring back the standby that synchronous_standby_names asks for and pg_stat_replication does not show, or "
        "take it out there (docs/postgresql.md)",
    )
