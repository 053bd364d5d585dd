"""Passes whose sessions are over: they name devices, and nothing asks for them any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.accounting_store import SESSIONS
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches

KEPT: Final = timedelta(days=1)
"""A gateway may tell of a session's end late, and twice."""


def delete_old_passes(database: Database, now: datetime) -> int:
    """Forget passes a day after they were granted, where their session is not open and did not end just now."""
    row = models.Pass
    still_told_of = exists().where(
        SESSIONS.c.key == row.session_key, or_(SESSIONS.c.stopped_at.is_(None), SESSIONS.c.stopped_at > now - KEPT)
    )

    def step(db: OrmSession) -> int:
        old = db.scalars(select(row.id).where(row.granted_at < now - KEPT, ~still_told_of).limit(ROWS)).all()
        if old:
            db.execute(delete(row).where(row.id.in_(old)))
        return len(old)

    return in_batches(database, step)
