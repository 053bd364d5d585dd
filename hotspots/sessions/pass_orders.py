"""Orders to end sessions that the portal let in: it carries them out itself, since no RADIUS reaches their gateway.

An order is given out anew until the Stop proves it, once each lease (:mod:`hotspots.sessions.disconnect_orders`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.sessions.accounting_store import COMMANDS, SESSIONS
from hotspots.sessions.disconnect_orders import LEASE


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose session is to end: ``handle`` is how the gateway or its controller names them."""

    access_point_id: int
    device: str
    handle: str


def claim(db: OrmSession, access_point_ids: Collection[int], now: datetime, most: int) -> list[Leaving]:
    """The oldest orders at these access points that nobody has taken; they are the caller's from now on."""
    mine = COMMANDS.c.state == "asked", or_(COMMANDS.c.sent_at.is_(None), COMMANDS.c.sent_at < now - LEASE)
    found = db.execute(
        select(COMMANDS.c.id, models.Pass.access_point_id, models.Pass.device, models.Pass.handle)
        .join(SESSIONS, SESSIONS.c.id == COMMANDS.c.session_id)
        .join(models.Pass, models.Pass.session_key == SESSIONS.c.key)
        .where(*mine, SESSIONS.c.access_point_id.in_(access_point_ids))
        .order_by(COMMANDS.c.id)
        .limit(most)
    ).all()
    if not found:
        return []
    numbers = [number for number, *_ in found]
    claimed = update(COMMANDS).where(COMMANDS.c.id.in_(numbers), *mine).values(sent_at=now).returning(COMMANDS.c.id)
    taken = set(db.scalars(claimed))
    return [Leaving(*whom) for number, *whom in found if number in taken]
