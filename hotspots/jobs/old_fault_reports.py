"""Faults that were mended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from hotspots.database import Database
from hotspots.jobs.batches import delete_in_batches
from hotspots.models import Authority, FaultReport, Hotspot


def delete_old_fault_reports(database: Database, now: datetime) -> int:
    """Delete reports closed before the authority's retention days; open ones stay until staff close them."""
    with database.read() as db:
        authorities = db.execute(select(Authority.id, Authority.retention_days)).all()
    total = 0
    for authority, days in authorities:
        theirs = FaultReport.hotspot_id.in_(select(Hotspot.id).where(Hotspot.authority_id == authority))
        old = FaultReport.closed_at < now - timedelta(days=days)
        total += delete_in_batches(database, FaultReport.number, old, theirs)
    return total
