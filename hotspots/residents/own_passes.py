"""The passes of a device (:mod:`hotspots.sessions.passes`): what its holder reads of them, and which may be erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.legal_holds import Held
from hotspots.models import AccessPoint, Hotspot, Pass, Session
from hotspots.sessions.passes import KEPT, OFFERED_FOR


@dataclass(frozen=True, slots=True)
class OwnPass:
    """A pass with where it was granted; ``began`` says whether its session did, ``ended_at`` when that was over."""

    row: Pass
    hotspot: str
    began: bool
    ended_at: datetime | None

    def is_needed(self, now: datetime) -> bool:
        """Whether its gateway may still let the device in by it, or is told by it whose session is to end."""
        if self.began:
            return self.ended_at is None
        return self.row.granted_at > now - 2 * OFFERED_FOR

    def told(self, held: Held) -> dict[str, Any]:
        """What is kept; instants are timezone-aware."""
        last = KEPT + max(self.row.granted_at, self.ended_at or self.row.granted_at)
        return {
            "hotspot": self.hotspot,
            "granted_at": self.row.granted_at,
            "let_in_at": self.row.taken_at,
            "ip_address": self.row.client_ip,
            "limit_seconds": self.row.limit_seconds,
            "limit_octets": self.row.limit_octets,
            "kept_until": None
            if self.began and self.ended_at is None
            else max(last, held.of_pass(self.row) or last),
        }


def of_device(db: OrmSession, device: str) -> list[OwnPass]:
    """All of a device, newest first."""
    passes = (
        select(Pass, Hotspot.name)
        .join(AccessPoint, Pass.access_point_id == AccessPoint.id)
        .join(Hotspot, AccessPoint.hotspot_id == Hotspot.id)
        .where(Pass.device == device)
        .order_by(Pass.granted_at.desc())
    )
    found = db.execute(passes).all()
    # In two steps: of a join, PostgreSQL reads a whole table.
    keys = [row.session_key for row, _ in found]
    sessions = db.execute(select(Session.key, Session.stopped_at).where(Session.key.in_(keys)))
    ends = {row.key: row.stopped_at for row in sessions}
    return [OwnPass(row, place, row.session_key in ends, ends.get(row.session_key)) for row, place in found]


def erase(db: OrmSession, device: str, held: Held, now: datetime) -> tuple[list[Pass], int]:
    """Forget those that no gateway needs and no hold covers.

    Returns:
        Those of them whose sessions never began, and how many stay because a gateway needs them.
    """
    found = of_device(db, device)
    over = [each for each in found if not each.is_needed(now)]
    going = [each for each in over if held.of_pass(each.row) is None]
    db.execute(delete(Pass).where(Pass.id.in_([each.row.id for each in going])))
    return [each.row for each in going if not each.began], len(found) - len(over)
