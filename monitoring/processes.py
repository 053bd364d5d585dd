"""The metrics that the other processes keep in files (prometheus_client's multiprocess mode)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from hotspots.processes.metrics_folder import VARIABLE

_log = logging.getLogger(__name__)


def metrics_folder(data_dir: Path) -> Path:
    """Where this machine's processes keep their metrics: the variable, or ``metrics`` in the data directory."""
    return Path(os.environ.get(VARIABLE) or data_dir / "metrics")


class ProcessesCollector(Collector):
    """All processes' metrics added up. A damaged file costs their metrics, not those of the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        # A registry of its own: it is only read from, and must not register itself twice.
        self._files = MultiProcessCollector(CollectorRegistry(), str(folder))  # type: ignore[no-untyped-call] # it has none

    def describe(self) -> Iterable[Metric]:
        """Nothing: so that registering reads no file."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """What the files say, and whether they could be read."""
        try:
            metrics = list(self._files.collect())  # type: ignore[no-untyped-call] # as above
        except Exception:
            _log.exception("the metrics in %s cannot be read", self._folder)
            metrics = None
        yield from metrics or ()
        yield GaugeMetricFamily(
            "hotspots_process_metrics_readable",
            "1 where the metrics of the other processes could be read.",
            value=int(metrics is not None),
        )
