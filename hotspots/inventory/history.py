"""What still refers to an entry that an inventory no longer has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotspots.inventory.changes import Action, Change, Entries, Kind
from hotspots.inventory.faults import Fault
from hotspots.models import (
    AccessPoint,
    Account,
    Authority,
    DeviceGrant,
    Hotspot,
    LoginDecision,
    ServicePlan,
    StaffMember,
    UsageHour,
    VoucherBatch,
)
from hotspots.models import Session as Stay

_OF_ACCESS_POINTS: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]] = {
    "sessions": Stay.access_point_id,
    "hours of usage": UsageHour.access_point_id,
    "login decisions": LoginDecision.access_point_id,
    "remembered devices": DeviceGrant.access_point_id,
}
_OF_PLANS: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]] = {
    "sessions": Stay.plan_id,
    "login decisions": LoginDecision.plan_id,
    "remembered devices": DeviceGrant.plan_id,
    "voucher batches": VoucherBatch.plan_id,
    "accounts": Account.plan_id,
}
_OF_AUTHORITIES: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]] = {
    "members of staff": StaffMember.authority_id,
    "voucher batches": VoucherBatch.authority_id,
    "accounts": Account.authority_id,
}


def kept_by_history(session: Session, changes: Sequence[Change], wanted: Entries) -> list[Fault]:
    """The removals that cannot be: something that is kept refers to the entry. Access points may always go."""
    faults: list[Fault] = []
    for change in changes:
        if change.action is not Action.REMOVE:
            continue
        found = _references(session, change, wanted)
        if found:
            counted = ", ".join(f"{what} ({count})" for what, count in found.items())
            reason = f"is no longer in the inventory, but has {counted}; put it back, {_MENDS[change.kind]}"
            faults.append(Fault(0, f"{change.kind} {change.name}", reason))
    return faults


_MENDS = {
    Kind.HOTSPOT: "without access points if it is closed",
    Kind.PLAN: "unused if nobody is to get it any more",
    Kind.AUTHORITY: "without hotspots if it gives none any more",
}


def _references(session: Session, change: Change, wanted: Entries) -> dict[str, int]:
    match change.kind:
        case Kind.HOTSPOT:
            # An access point that moved to another hotspot takes its history along.
            stay = select(AccessPoint.id).join(Hotspot, AccessPoint.hotspot_id == Hotspot.id)
            ids = stay.where(Hotspot.slug == change.name, AccessPoint.name.not_in(list(wanted[Kind.ACCESS_POINT])))
            return _count(session, _OF_ACCESS_POINTS, list(session.scalars(ids)))
        case Kind.PLAN:
            plans = select(ServicePlan.id).where(ServicePlan.slug == change.name)
            return _count(session, _OF_PLANS, list(session.scalars(plans)))
        case Kind.AUTHORITY:
            authorities = select(Authority.id).where(Authority.slug == change.name)
            return _count(session, _OF_AUTHORITIES, list(session.scalars(authorities)))
    return {}


def _count(
    session: Session,
    columns: dict[str, InstrumentedAttribute[int] | InstrumentedAttribute[int | None]],
    ids: Sequence[int],
) -> dict[str, int]:
    counts = {
        what: session.scalar(select(func.count()).where(column.in_(ids))) or 0 for what, column in columns.items()
    }
    return {what: count for what, count in counts.items() if count}
