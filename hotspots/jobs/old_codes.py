"""Codes that were sent long enough ago to count for nothing any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.codes import KEPT
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches
from hotspots.models import SentCode


def delete_old_codes(database: Database, now: datetime) -> int:
    """Delete codes that limits no longer count, and with them the contacts that were never proved."""

    def step(db: OrmSession) -> int:
        ids = db.scalars(select(SentCode.id).where(SentCode.sent_at < now - KEPT).limit(ROWS)).all()
        if ids:
            db.execute(delete(SentCode).where(SentCode.id.in_(ids)))
        return len(ids)

    return in_batches(database, step)
