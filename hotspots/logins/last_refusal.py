"""Why a device was refused a moment ago, as it was written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotspots.database import Database
from hotspots.models import LoginDecision
from hotspots.policy import Reason, Refuse


def last_refusal(database: Database, device: str, access_point_id: int, since: datetime) -> Refuse | None:
    """The newest refusal of this device at this access point from then on; None where none is written down by now."""
    newest = (
        select(LoginDecision.reason, LoginDecision.retry_at)
        .where(
            LoginDecision.device == device,
            LoginDecision.access_point_id == access_point_id,
            LoginDecision.at >= since,
            LoginDecision.reason.is_not(None),
        )
        .order_by(LoginDecision.at.desc())
        .limit(1)
    )
    with database.read() as db:
        row = db.execute(newest).one_or_none()
    return None if row is None or row.reason is None else Refuse(Reason(row.reason), row.retry_at)
