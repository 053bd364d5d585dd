"""Entries of the audit log that have been kept for long enough."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from hotspots import audit, legal_holds
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches


def delete_old_audit_entries(database: Database, now: datetime, kept_for: timedelta) -> int:
    """Delete entries a month (UTC) at a time, when the last of the month has been kept for long enough.

    By months, since each run that deletes writes an entry, which would have to be deleted one day by another one.
    While a legal hold is in force, everything since it was placed stays: the order that it goes back to is there.
    """
    before = (now - kept_for).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with database.read() as db:
        before = min((before, *(hold.placed_at for hold in legal_holds.in_force(db, now))))
    return in_batches(database, partial(audit.delete_beginning, before=before, most=ROWS, now=now))
