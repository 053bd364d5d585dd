"""What let somebody in and does so no longer: remembered devices and used tickets whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import legal_holds, models
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, delete_in_batches, in_batches

CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
"""How far the clocks of two servers may be apart: a ticket's use is remembered for that much longer."""


def delete_expired_grants(database: Database, now: datetime) -> int:
    """Forget devices whose grant has expired; blocked ones stay, since forgetting them would let them in again.

    So do those under a legal hold; being known lets nobody in once the grant has expired.

    RADIUS workers are told, and let go of them too.
    """

    def step(db: OrmSession) -> int:
        grant = models.DeviceGrant
        held = legal_holds.held(db, now)
        expired = grant.expires_at < now, grant.blocked_at.is_(None), *held.devices_free(grant.device)
        devices = db.scalars(select(grant.device).where(*expired).limit(ROWS)).all()
        if devices:
            db.execute(delete(grant).where(grant.device.in_(devices), *expired))
            db.add_all(models.Change(topic="grants", key=device, at=now) for device in devices)
        return len(devices)

    return in_batches(database, step)


def delete_expired_tickets(database: Database, now: datetime) -> int:
    """Forget used tickets that are refused as expired anyway."""
    ticket = models.UsedTicket
    return delete_in_batches(database, ticket.nonce, ticket.expires_at < now - CLOCK_DIFFERENCE)
