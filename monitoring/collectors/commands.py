"""Do Disconnects reach the gateways, and do the sessions really end?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import SessionCommand
from hotspots.sessions import disconnects

STATES: Final = ("asked", "acked", "nacked", "timed_out", "replaced", "proved")


def collect(db: OrmSession, now: datetime) -> Iterator[Metric]:
    """Session commands by state, how long the oldest has waited, and those whose session did not end."""
    by_state = GaugeMetricFamily(
        "hotspots_session_commands",
        "Disconnects and changes of limits that were asked for, by state.",
        labels=["state"],
    )
    rows = db.execute(select(SessionCommand.state, func.count()).group_by(SessionCommand.state))
    counts = {state: number for state, number in rows}  # noqa: C416 - dict() of rows has no type
    for state in STATES:
        by_state.add_metric([state], counts.get(state, 0))
    yield by_state
    oldest = db.scalar(select(func.min(SessionCommand.asked_at)).where(SessionCommand.state == "asked"))
    yield GaugeMetricFamily(
        "hotspots_session_command_oldest_wait_seconds",
        "How long the oldest of them has waited for an answer, 0 where none waits.",
        value=max(0.0, (now - oldest).total_seconds()) if oldest else 0,
    )
    yield GaugeMetricFamily(
        "hotspots_session_commands_unproved",
        "Sessions that are still open ten minutes after their Disconnect was asked for.",
        value=disconnects.unproved(db, now),
    )
