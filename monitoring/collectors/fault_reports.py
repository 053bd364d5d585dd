"""What have residents reported that nobody has mended yet?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import FaultReport
from monitoring.collectors.places import LABELS, all_places


def collect(db: OrmSession, _now: datetime) -> Iterator[Metric]:
    """The open reports of each hotspot, also where there are none."""
    reports = GaugeMetricFamily(
        "hotspots_fault_reports_open", "Faults that residents reported and nobody has closed.", labels=LABELS
    )
    rows = db.execute(
        select(FaultReport.hotspot_id, func.count())
        .where(FaultReport.closed_at.is_(None))
        .group_by(FaultReport.hotspot_id)
    )
    counts = {hotspot: number for hotspot, number in rows}  # noqa: C416 - dict() of rows has no type
    for hotspot, place in all_places(db).items():
        reports.add_metric(place, counts.get(hotspot, 0))
    yield reports
