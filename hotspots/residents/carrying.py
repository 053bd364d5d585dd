"""Carrying what is left of a kiosk's session to a phone: a voucher with that budget, and the end of the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import vouchers
from hotspots.models import AccessPoint, Kiosk, ServicePlan, Session, SessionCommand
from hotspots.policy import SubjectKind
from hotspots.sessions.disconnects import BY_RESIDENT, DISCONNECT
from hotspots.vault import Vault

GOOD_FOR: Final = timedelta(hours=12)
"""Until when the rest can be used on the phone."""

_ACTOR: Final = "kiosk"


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a session; octets both ways together, None where nothing limits them."""

    seconds: int
    octets: int | None


def carry(db: OrmSession, vault: Vault, key: bytes, session_id: int, rest: Rest, now: datetime) -> str | None:
    """The code of a voucher with the rest of the session, which is asked to end; normalised.

    None where it is no kiosk's at its own hotspot, has ended, was carried before, or has nothing left. ``key`` is the
    one for ``keys.VOUCHER_LOOKUP``.
    """
    # Locked, so that of two taps at once the second sees what the first did.
    session = db.scalar(select(Session).where(Session.id == session_id).with_for_update())
    if session is None or session.stopped_at is not None or rest.seconds <= 0 or rest.octets == 0:
        return None
    kiosk = _kiosk(db, session)
    if kiosk is None or _was_carried(db, session_id):
        return None
    (code,) = vouchers.create_batch(
        db,
        vault,
        key,
        plan=_plan(db, session, kiosk),
        authority=kiosk.hotspot.authority,
        count=1,
        created_by=f"{_ACTOR} {kiosk.slug}",
        now=now,
        expires_at=now + GOOD_FOR,
        lifetime_seconds=None,
        total_seconds=rest.seconds,
        total_octets=rest.octets,
    )
    db.add(SessionCommand(session_id=session_id, cause=BY_RESIDENT, asked_by=_ACTOR, asked_at=now))
    return code


def _kiosk(db: OrmSession, session: Session) -> Kiosk | None:
    if session.subject_kind != SubjectKind.KIOSK or session.subject_key is None:
        return None
    kiosk, point = db.get(Kiosk, int(session.subject_key)), db.get(AccessPoint, session.access_point_id)
    stands_there = kiosk is not None and point is not None and kiosk.hotspot_id == point.hotspot_id
    return kiosk if stands_there else None


def _plan(db: OrmSession, session: Session, kiosk: Kiosk) -> ServicePlan:
    plan = None if session.plan_id is None else db.get(ServicePlan, session.plan_id)
    return kiosk.plan if plan is None else plan


def _was_carried(db: OrmSession, session_id: int) -> bool:
    by_kiosk = (SessionCommand.kind == DISCONNECT, SessionCommand.asked_by == _ACTOR)
    asked = select(SessionCommand.id).where(SessionCommand.session_id == session_id, *by_kiosk)
    return db.scalar(asked.limit(1)) is not None
