"""What RADIUS workers saw of access points, written down beside them: signatures, which secret, which address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import AccessPoint, AccessPointState, Change

_TOPIC = "access_points"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is new of one access point; ``addresses`` are those that its host name has now, with commas between.

    ``unsigned`` is a login without Message-Authenticator that was taken; ``clock_skew_seconds`` is how far its clock
    is ahead of ours.
    """

    access_point_id: int
    signed: bool = False
    secret_used: bool = False
    former_secret_used: bool = False
    addresses: str | None = None
    unsigned: bool = False
    transport: str | None = None
    clock_skew_seconds: float | None = None


def write(db: OrmSession, sightings: Sequence[Sighting], now: datetime) -> None:
    """Write them down, and tell all workers where one changes whom they believe.

    Raises:
        SQLAlchemyError: The database refuses it; tell it again later.
    """
    numbers = {sighting.access_point_id for sighting in sightings}
    known = set(db.scalars(select(AccessPoint.id).where(AccessPoint.id.in_(numbers))))
    found = db.scalars(select(AccessPointState).where(AccessPointState.access_point_id.in_(known)))
    states = {state.access_point_id: state for state in found}
    for sighting in sightings:
        number = sighting.access_point_id
        if number not in known:
            continue  # deleted since
        if number not in states:
            states[number] = AccessPointState(access_point_id=number)
            db.add(states[number])
        if _take(states[number], sighting, now):
            db.add(Change(topic=_TOPIC, key=str(number), at=now))


def _take(state: AccessPointState, sighting: Sighting, now: datetime) -> bool:
    """Whether workers have to know."""
    told = _facts(state)
    if sighting.signed and state.signed_at is None:
        state.signed_at = now
    if sighting.former_secret_used:
        state.former_secret_used_at = now
    if sighting.secret_used:
        state.secret_used_at = now
    if sighting.addresses is not None and sighting.addresses != state.resolved_addresses:
        state.resolved_addresses, state.resolved_at = sighting.addresses, now
    _look_at_packets(state, sighting, now)
    return _facts(state) != told


def _look_at_packets(state: AccessPointState, sighting: Sighting, now: datetime) -> None:
    if sighting.unsigned:
        state.unsigned_at = now
    if sighting.transport is not None:
        state.transport, state.transport_seen_at = sighting.transport, now
    if sighting.clock_skew_seconds is not None:
        state.clock_skew_seconds, state.clock_seen_at = sighting.clock_skew_seconds, now


def _facts(state: AccessPointState) -> tuple[object, ...]:
    return (
        state.signed_at,
        state.resolved_addresses,
        former_in_use(state.secret_used_at, state.former_secret_used_at),
    )


def former_in_use(secret_used_at: datetime | None, former_secret_used_at: datetime | None) -> bool:
    """Whether the former of two secrets is what an access point has: until it was heard with the new one."""
    if secret_used_at is None:
        return True
    return former_secret_used_at is not None and former_secret_used_at > secret_used_at
