"""Visitors who asked a member of staff, a day later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches
from hotspots.models import SponsorRequest
from hotspots.sponsoring import KEPT


def delete_old_sponsor_requests(database: Database, now: datetime) -> int:
    """Delete requests older than a day; who answered stays in the log of what staff did."""

    def step(db: OrmSession) -> int:
        ids = db.scalars(select(SponsorRequest.id).where(SponsorRequest.asked_at < now - KEPT).limit(ROWS)).all()
        if ids:
            db.execute(delete(SponsorRequest).where(SponsorRequest.id.in_(ids)))
        return len(ids)

    return in_batches(database, step)
