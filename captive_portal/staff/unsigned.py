"""The access points whose logins can be forged on the line, and the commands that end it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from captive_portal.staff.scope import Scope
from hotspots.access_points.clients import SignaturePolicy
from hotspots.models import AccessPoint, AccessPointState, Hotspot
from hotspots.security.card import Facts, Fault
from hotspots.security.remedies import remedy


@dataclass(frozen=True, slots=True)
class Unsigned:
    """One of them. ``on_device`` has it sign, where its make has a command; ``here`` has us demand it then."""

    access_point: str
    hotspot: str
    on_device: str | None
    here: str | None


def access_points(db: OrmSession, scope: Scope) -> list[Unsigned]:
    """Those in service that need not sign: by their policy, or because they learn and have not signed yet."""
    statement = (
        select(AccessPoint, Hotspot.name, AccessPointState.signed_at)
        .join(AccessPoint.hotspot)
        .outerjoin(AccessPointState, AccessPointState.access_point_id == AccessPoint.id)
        .where(
            AccessPoint.removed_at.is_(None),
            AccessPoint.message_authenticator != SignaturePolicy.REQUIRED.value,
        )
        .order_by(AccessPoint.name)
    )
    return [
        _unsigned(row, hotspot, signed=signed_at is not None)
        for row, hotspot, signed_at in db.execute(scope.of_hotspots(statement))
        if signed_at is None or row.message_authenticator == SignaturePolicy.OPTIONAL.value
    ]


def _unsigned(row: AccessPoint, hotspot: str, *, signed: bool) -> Unsigned:
    facts = Facts(row.name, row.make, row.gateway, signature_demanded=False)
    return Unsigned(
        row.name,
        hotspot,
        None if signed else remedy(Fault.UNSIGNED, facts),
        # Who learns demands it by itself.
        remedy(Fault.SIGNATURE_NOT_DEMANDED, facts)
        if row.message_authenticator == SignaturePolicy.OPTIONAL.value
        else None,
    )
