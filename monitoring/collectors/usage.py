"""How much has gone through each hotspot since it was first heard?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import AccessPoint, UsageHour
from monitoring.collectors.places import LABELS, all_places

_RECENT: Final = timedelta(hours=48)
_COUNTED_AGAIN_AFTER: Final = timedelta(hours=1)

_Totals = dict[int, tuple[int, int, int, int]]
_NOTHING = (0, 0, 0, 0)


class UsageTotals:
    """Counters from the hourly aggregates.

    Hours that are two days old hardly change, and there are many: their sum is kept for an hour, so that a scrape
    adds up only the recent ones.
    """

    def __init__(self) -> None:
        self._old: _Totals = {}
        self._boundary: datetime | None = None

    def collect(self, db: OrmSession, now: datetime) -> Iterator[Metric]:
        """Octets both ways, sessions begun and time online, for each hotspot."""
        octets = CounterMetricFamily(
            "hotspots_traffic_bytes",
            "Octets accounted for; up is from the residents to the Internet, down to them.",
            labels=(*LABELS, "direction"),
        )
        sessions = CounterMetricFamily("hotspots_sessions_started", "Sessions that began.", labels=LABELS)
        online = CounterMetricFamily("hotspots_session_seconds", "Seconds online, of all sessions.", labels=LABELS)
        totals = self._totals(db, now)
        for number, labels in all_places(db).items():
            started, seconds, up, down = totals.get(number, _NOTHING)
            octets.add_metric([*labels, "up"], up)
            octets.add_metric([*labels, "down"], down)
            sessions.add_metric(labels, started)
            online.add_metric(labels, seconds)
        yield from (octets, sessions, online)

    def _totals(self, db: OrmSession, now: datetime) -> _Totals:
        if self._boundary is None or now - self._boundary >= _RECENT + _COUNTED_AGAIN_AFTER:
            boundary = (now - _RECENT).replace(minute=0, second=0, microsecond=0)
            self._old = _sums(db, UsageHour.hour < boundary)
            self._boundary = boundary
        recent = _sums(db, UsageHour.hour >= self._boundary)
        return {number: _add(self._old, recent, number) for number in self._old | recent}


def _sums(db: OrmSession, which: ColumnElement[bool]) -> _Totals:
    rows = db.execute(
        select(
            AccessPoint.hotspot_id,
            func.sum(UsageHour.sessions_started),
            func.sum(UsageHour.session_seconds),
            func.sum(UsageHour.octets_up),
            func.sum(UsageHour.octets_down),
        )
        .join(AccessPoint, AccessPoint.id == UsageHour.access_point_id)
        .where(which)
        .group_by(AccessPoint.hotspot_id)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows}


def _add(one: _Totals, other: _Totals, number: int) -> tuple[int, int, int, int]:
    a, b = one.get(number, _NOTHING), other.get(number, _NOTHING)
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
