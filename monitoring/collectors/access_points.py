"""Which access points are heard, and since when are the others silent?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots.access_points import secret_change
from hotspots.models import AccessPoint, AccessPointState, Authority, Hotspot
from monitoring.collectors.places import LABELS

SILENT_AFTER: Final = timedelta(hours=1)
"""An access point speaks only while there is somebody to speak of, so silence is no proof of a fault by itself."""


def collect(db: OrmSession, now: datetime) -> Iterator[Metric]:
    """When each access point in service was last heard by RADIUS, whether that is recent, and which secret it has."""
    labels = (*LABELS, "access_point")
    last_heard = GaugeMetricFamily(
        "hotspots_access_point_last_heard_timestamp_seconds",
        "When the access point last sent a RADIUS packet (seconds since 1970), 0 where it never has.",
        labels=labels,
    )
    up = GaugeMetricFamily(
        "hotspots_access_point_up",
        "1 where the access point was heard within the last hour, 0 where it is silent.",
        labels=labels,
    )
    rows = db.execute(
        select(
            Authority.slug,
            Hotspot.slug,
            AccessPoint.name,
            AccessPointState.last_login_at,
            AccessPointState.last_accounting_at,
        )
        .join(AccessPoint.hotspot)
        .join(Hotspot.authority)
        .join(AccessPointState, AccessPointState.access_point_id == AccessPoint.id, isouter=True)
        .where(AccessPoint.removed_at.is_(None))
    )
    for authority, hotspot, name, login_at, accounting_at in rows:
        heard_at = max((at for at in (login_at, accounting_at) if at is not None), default=None)
        where = (authority, hotspot, name)
        last_heard.add_metric(where, heard_at.timestamp() if heard_at else 0)
        up.add_metric(where, int(heard_at is not None and now - heard_at <= SILENT_AFTER))
    yield from (last_heard, up, _former_secrets(db, now))


def _former_secrets(db: OrmSession, now: datetime) -> Metric:
    unused = GaugeMetricFamily(
        "hotspots_access_point_former_secret_unused_seconds",
        "Since when an access point whose secret is being changed does not need the former one; 0 while it does.",
        labels=("access_point",),
    )
    for change in secret_change.under_way(db):
        since = change.former_unused_since()
        unused.add_metric((change.access_point,), 0 if since is None else (now - since).total_seconds())
    return unused
