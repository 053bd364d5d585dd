"""How many are online, and where?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import AccessPoint, Session
from monitoring.collectors.places import LABELS, all_places


def collect(db: OrmSession, _now: datetime) -> Iterator[Metric]:
    """Open sessions of each hotspot, 0 where nobody is online."""
    metric = GaugeMetricFamily("hotspots_sessions_open", "Sessions that are open now.", labels=LABELS)
    rows = db.execute(
        select(AccessPoint.hotspot_id, func.count())
        .join(Session, Session.access_point_id == AccessPoint.id)
        .where(Session.stopped_at.is_(None))
        .group_by(AccessPoint.hotspot_id)
    )
    counts = {number: count for number, count in rows}  # noqa: C416 - dict() of rows has no type
    for number, labels in all_places(db).items():
        metric.add_metric(labels, counts.get(number, 0))
    yield metric
