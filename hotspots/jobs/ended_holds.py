"""Legal holds whose time is over: they name somebody, and the audit log says what there was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotspots import audit
from hotspots.database import Database
from hotspots.models import LegalHold


def delete_ended_holds(database: Database, now: datetime) -> int:
    """Delete the holds that are over; what they covered goes with the retention from now on."""
    with database.write() as db:
        over = db.scalars(select(LegalHold).where(LegalHold.until <= now)).all()
        for hold in over:
            db.delete(hold)
            audit.append(db, actor=audit.SCHEDULER, action="hold.end", subject=f"hold {hold.id}", now=now)
    return len(over)
