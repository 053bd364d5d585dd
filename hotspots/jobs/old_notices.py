"""Notices of changes that every worker has read long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches

KEPT: Final = timedelta(days=1)


def delete_old_notices(database: Database, now: datetime) -> int:
    """Delete notices older than a day: workers follow them every second, and read everything when they start."""

    def step(db: OrmSession) -> int:
        change = models.Change
        ids = db.scalars(select(change.id).where(change.at < now - KEPT).limit(ROWS)).all()
        if ids:
            db.execute(delete(change).where(change.id.in_(ids)))
        return len(ids)

    return in_batches(database, step)
