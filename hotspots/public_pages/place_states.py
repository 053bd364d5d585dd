"""How each hotspot seems to be doing now, from what was heard of its access points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.access_points.liveness import Liveness, judge, worst
from hotspots.models import AccessPoint, AccessPointState, Hotspot, ServicePlan, Session

_Statement = TypeVar("_Statement", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class PlaceState:
    """The judgement over a hotspot. ``heard_at`` is of the access point that was silent for longest.

    What no access point in service stands for was never heard.
    """

    liveness: Liveness = Liveness.NEVER
    heard_at: datetime | None = None
    sessions_now: int = 0


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


def states(db: OrmSession, now: datetime, authority_ids: Collection[int] | None = None) -> dict[int, PlaceState]:
    """By the number of the hotspot, those that have access points in service; of all authorities where None."""
    open_now = _open_sessions(db, authority_ids)
    by_hotspot: dict[int, list[_Heard]] = {}
    for each in _heard(db, authority_ids):
        by_hotspot.setdefault(each.hotspot_id, []).append(each)
    return {hotspot: _state(heard, open_now, now) for hotspot, heard in by_hotspot.items()}


def _state(heard: list[_Heard], open_now: Mapping[int, int], now: datetime) -> PlaceState:
    judged = [judge(each.at, open_now.get(each.access_point_id, 0), each.interim_seconds, now) for each in heard]
    liveness = worst(judged)
    # Of several access points, the one that was silent for longest is the one to look at.
    at_worst = [each.at for each, state in zip(heard, judged, strict=True) if state is liveness and each.at]
    sessions = sum(open_now.get(each.access_point_id, 0) for each in heard)
    return PlaceState(liveness, min(at_worst, default=None), sessions)


def _heard(db: OrmSession, authority_ids: Collection[int] | None) -> list[_Heard]:
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
    return [_Heard(*row) for row in db.execute(_of(statement, authority_ids))]


def _open_sessions(db: OrmSession, authority_ids: Collection[int] | None) -> dict[int, int]:
    statement = (
        select(Session.access_point_id, func.count())
        .join(Session.access_point)
        .join(AccessPoint.hotspot)
        .where(Session.stopped_at.is_(None))
        .group_by(Session.access_point_id)
    )
    return dict(db.execute(_of(statement, authority_ids)).all())


def _of(statement: _Statement, authority_ids: Collection[int] | None) -> _Statement:
    return statement if authority_ids is None else statement.where(Hotspot.authority_id.in_(authority_ids))
