"""Runs the collectors at each scrape: measures each, and lets none take another down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database
from monitoring.collectors import (
    access_points,
    certificates,
    commands,
    database,
    fault_reports,
    inventory,
    sessions,
)
from monitoring.collectors.usage import UsageTotals

Collect = Callable[[OrmSession, datetime], Iterable[Metric]]

_log = logging.getLogger(__name__)


def collectors() -> dict[str, Collect]:
    """All that asks the database, by name."""
    return {
        "access_points": access_points.collect,
        "certificates": certificates.collect,
        "commands": commands.collect,
        "database": database.collect,
        "fault_reports": fault_reports.collect,
        "inventory": inventory.collect,
        "sessions": sessions.collect,
        "usage": UsageTotals().collect,
    }


class DatabaseRunner(Collector):
    """Asks each collector with a database session of its own; what fails is left out of the scrape, and says so."""

    def __init__(
        self,
        source: Database,
        collects: Mapping[str, Collect],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = source
        self._collects = collects
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Nothing: so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The metrics of all collectors, then how long each took and whether it worked."""
        duration = GaugeMetricFamily(
            "hotspots_collector_duration_seconds", "How long a collector took in this scrape.", labels=["collector"]
        )
        success = GaugeMetricFamily(
            "hotspots_collector_success", "1 where a collector worked in this scrape.", labels=["collector"]
        )
        for name, ask in self._collects.items():
            began = time.perf_counter()
            metrics = self._ask(name, ask)
            duration.add_metric([name], time.perf_counter() - began)
            success.add_metric([name], int(metrics is not None))
            yield from metrics or ()
        yield duration
        yield success

    def _ask(self, name: str, ask: Collect) -> list[Metric] | None:
        # All or nothing: half an answer would look like a true one.
        try:
            with self._database.read() as db:
                return list(ask(db, self._clock()))
        except Exception:
            _log.exception("the collector %s failed", name)
            return None
