"""What the overview shows: each hotspot with its state and its figures of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session as OrmSession

from captive_portal.staff.scope import Scope
from captive_portal.staff.sentences import NO_REFUSALS
from hotspots.access_points.liveness import Liveness
from hotspots.models import AccessPoint, Hotspot, LoginDecision
from hotspots.public_pages import place_states
from hotspots.public_pages.place_states import PlaceState
from hotspots.sessions import usage
from hotspots.sessions.usage import UsageSum
from hotspots.sessions.usage_window import end_of_warsaw_day, start_of_warsaw_day


class Logins(NamedTuple):
    """How many logins were accepted and refused."""

    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One hotspot as it is now, and its figures of today."""

    hotspot: Hotspot
    liveness: Liveness
    heard_at: datetime | None
    sessions_now: int
    logins: Logins
    usage: UsageSum

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should go and see."""
        return self.liveness in (Liveness.SILENT, Liveness.NEVER)


@dataclass(frozen=True, slots=True)
class Totals:
    """What all places add up to."""

    hotspots: int
    in_trouble: int
    sessions_now: int
    logins: Logins
    usage: UsageSum


def places(db: OrmSession, scope: Scope, now: datetime) -> list[Place]:
    """The visible hotspots with what is known of each, those that need a look first."""
    states = place_states.states(db, now, scope.authority_ids)
    since, until = start_of_warsaw_day(now), end_of_warsaw_day(now)
    logins = _logins(db, scope, since)
    used = usage.by_hotspot(db, since, until, scope.authority_ids)
    found = []
    for hotspot in scope.hotspots(db):
        state = states.get(hotspot.id, PlaceState())
        of_today = (logins.get(hotspot.id, Logins()), used.get(hotspot.id, UsageSum()))
        found.append(Place(hotspot, state.liveness, state.heard_at, state.sessions_now, *of_today))
    return sorted(found, key=lambda place: not place.needs_a_look)


def totals(of: Iterable[Place]) -> Totals:
    """The sums over places."""
    every = list(of)
    return Totals(
        hotspots=len(every),
        in_trouble=sum(place.needs_a_look for place in every),
        sessions_now=sum(place.sessions_now for place in every),
        logins=Logins(sum(place.logins.accepted for place in every), sum(place.logins.refused for place in every)),
        usage=sum((place.usage for place in every), UsageSum()),
    )


def _logins(db: OrmSession, scope: Scope, since: datetime) -> dict[int, Logins]:
    """By hotspot; an accept at the portal is not counted, since the gateway asks RADIUS again."""
    refused = case((LoginDecision.reason.is_not(None), 1), else_=0)
    statement = (
        select(AccessPoint.hotspot_id, func.sum(1 - refused), func.sum(refused))
        .join(LoginDecision.access_point)
        .join(AccessPoint.hotspot)
        .where(
            LoginDecision.at >= since,
            or_(LoginDecision.reason.is_(None), LoginDecision.reason.not_in(NO_REFUSALS)),
        )
        .group_by(AccessPoint.hotspot_id)
    )
    rows = db.execute(scope.of_hotspots(statement))
    return {hotspot_id: Logins(int(accepted), int(refusals)) for hotspot_id, accepted, refusals in rows}
