"""How large is the network?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import AccessPoint, Authority, DeviceGrant, Hotspot, Kiosk, ServicePlan, StaffMember, Voucher


def collect(db: OrmSession, now: datetime) -> Iterator[Metric]:
    """How many there are of each noun, and the access points in service by make and gateway."""
    things = GaugeMetricFamily("hotspots_inventory_items", "What the database holds, by kind.", labels=["kind"])
    for table in (Authority, Hotspot, Kiosk, ServicePlan, StaffMember, Voucher):
        things.add_metric([table.__tablename__], db.scalar(select(func.count()).select_from(table)) or 0)
    remembered = select(func.count()).select_from(DeviceGrant).where(DeviceGrant.expires_at > now)
    things.add_metric(["remembered_devices"], db.scalar(remembered) or 0)
    access_points = GaugeMetricFamily(
        "hotspots_access_points", "Access points in service, by make and gateway.", labels=["make", "gateway"]
    )
    by_kind = (
        select(AccessPoint.make, AccessPoint.gateway, func.count())
        .where(AccessPoint.removed_at.is_(None))
        .group_by(AccessPoint.make, AccessPoint.gateway)
    )
    for make, gateway, number in db.execute(by_kind):
        access_points.add_metric([make, gateway], number)
    yield from (things, access_points)
