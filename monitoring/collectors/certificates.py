"""Until when are the certificates for RADIUS over TLS good?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.orm import Session as OrmSession

from hotspots.certificates import register


def collect(db: OrmSession, now: datetime) -> Iterator[Metric]:  # noqa: ARG001 - as the other collectors
    """The end of the newest certificate of the authority, of the server and of each access point."""
    ends = GaugeMetricFamily(
        "hotspots_certificate_expiry_timestamp_seconds",
        "When a certificate for RADIUS over TLS is over, the newest of each name.",
        labels=["purpose", "name"],
    )
    for row in register.newest(db):
        ends.add_metric([row.kind, row.name], row.not_after.timestamp())
    yield ends
