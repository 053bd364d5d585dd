"""What the overview shows: each hotspot with its state and its figures of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as OrmSession

from captive_portal.staff.scope import Scope
from captive_portal.staff.sentences import NOT_A_REFUSAL
from hotspots import usage
from hotspots.liveness import Liveness, judge, worst
from hotspots.models import AccessPoint, AccessPointState, Hotspot, LoginDecision, ServicePlan, Session
from hotspots.usage import UsageSum
from hotspots.usage_window import end_of_warsaw_day, start_of_warsaw_day


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


class _Heard(NamedTuple):
    access_point_id: int
    hotspot_id: int
    interim_seconds: int
    last_login_at: datetime | None
    last_accounting_at: datetime | None

    @property
    def at(self) -> datetime | None:
        known = [at for at in (self.last_login_at, self.last_accounting_at) if at is not None]
        return max(known, default=None)


def places(db: OrmSession, scope: Scope, now: datetime) -> list[Place]:
    """The visible hotspots with what is known of each, those that need a look first."""
    heard = _heard(db, scope)
    open_now = _open_sessions(db, scope)
    since, until = start_of_warsaw_day(now), end_of_warsaw_day(now)
    logins = _logins(db, scope, since)
    used = usage.by_hotspot(db, since, until, scope.authority_ids)
    by_hotspot: dict[int, list[_Heard]] = {}
    for each in heard:
        by_hotspot.setdefault(each.hotspot_id, []).append(each)
    found = [
        _place(hotspot, by_hotspot.get(hotspot.id, []), open_now, logins, used, now)
        for hotspot in scope.hotspots(db)
    ]
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


def _place(
    hotspot: Hotspot,
    heard: list[_Heard],
    open_now: Mapping[int, int],
    logins: Mapping[int, Logins],
    used: Mapping[int, UsageSum],
    now: datetime,
) -> Place:
    states = [judge(each.at, open_now.get(each.access_point_id, 0), each.interim_seconds, now) for each in heard]
    liveness = worst(states)
    # Of several access points, the one that was silent for longest is the one to look at.
    at_worst = [each.at for each, state in zip(heard, states, strict=True) if state is liveness and each.at]
    return Place(
        hotspot=hotspot,
        liveness=liveness,
        heard_at=min(at_worst, default=None),
        sessions_now=sum(open_now.get(each.access_point_id, 0) for each in heard),
        logins=logins.get(hotspot.id, Logins()),
        usage=used.get(hotspot.id, UsageSum()),
    )


def _heard(db: OrmSession, scope: Scope) -> list[_Heard]:
    statement = (
        select(
            AccessPoint.id,
            AccessPoint.hotspot_id,
            ServicePlan.interim_seconds,
            AccessPointState.last_login_at,
            AccessPointState.last_accounting_at,
        )
        .join(AccessPoint.hotspot)
        .join(Hotspot.plan)
        .outerjoin(AccessPointState, AccessPointState.access_point_id == AccessPoint.id)
        .where(AccessPoint.removed_at.is_(None))
    )
    return [_Heard(*row) for row in db.execute(scope.of_hotspots(statement))]


def _open_sessions(db: OrmSession, scope: Scope) -> dict[int, int]:
    statement = (
        select(Session.access_point_id, func.count())
        .join(Session.access_point)
        .join(AccessPoint.hotspot)
        .where(Session.stopped_at.is_(None))
        .group_by(Session.access_point_id)
    )
    return dict(db.execute(scope.of_hotspots(statement)).all())


def _logins(db: OrmSession, scope: Scope, since: datetime) -> dict[int, Logins]:
    """By hotspot; an accept at the portal is not counted, since the gateway asks RADIUS again."""
    refused = case((LoginDecision.reason.is_not(None), 1), else_=0)
    statement = (
        select(AccessPoint.hotspot_id, func.sum(1 - refused), func.sum(refused))
        .join(LoginDecision.access_point)
        .join(AccessPoint.hotspot)
        .where(
            LoginDecision.at >= since,
            LoginDecision.reason.is_distinct_from(NOT_A_REFUSAL.value),
        )
        .group_by(AccessPoint.hotspot_id)
    )
    rows = db.execute(scope.of_hotspots(statement))
    return {hotspot_id: Logins(int(accepted), int(refusals)) for hotspot_id, accepted, refusals in rows}
