"""Faults that were mended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches
from hotspots.models import Authority, FaultReport, Hotspot


def delete_old_fault_reports(database: Database, now: datetime) -> int:
    """Delete reports closed before the authority's retention days; open ones stay until staff close them."""
    with database.read() as db:
        authorities = db.execute(select(Authority.id, Authority.retention_days)).all()
    return sum(
        in_batches(database, partial(_delete, authority=authority, before=now - timedelta(days=days)))
        for authority, days in authorities
    )


def _delete(db: OrmSession, authority: int, before: datetime) -> int:
    theirs = select(Hotspot.id).where(Hotspot.authority_id == authority)
    old = select(FaultReport.number).where(FaultReport.closed_at < before, FaultReport.hotspot_id.in_(theirs))
    numbers = db.scalars(old.limit(ROWS)).all()
    if numbers:
        db.execute(delete(FaultReport).where(FaultReport.number.in_(numbers)))
    return len(numbers)
