"""The backups on this machine, as their folder shows them: also those that were made by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotspots.backups import folder
from hotspots.settings import Settings

_log = logging.getLogger(__name__)


class BackupsCollector(Collector):
    """When the last good backup was made and how large it is; nothing where there is none and none is to be made."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.backup_dir
        self._nightly = settings.backup_nightly

    def describe(self) -> Iterable[Metric]:
        """Nothing: so that registering reads no folder."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Zeros where there is none, or where the folder cannot be read: it is as good as none then."""
        try:
            kept = folder.kept(self._folder)
        except OSError:
            _log.exception("the backups in %s cannot be looked at", self._folder)
            kept = []
        if not kept and not self._nightly:
            return
        yield GaugeMetricFamily(
            "hotspots_backup_last_success_timestamp_seconds",
            "When the newest backup was made, which was verified then (seconds since 1970); 0 where there is none.",
            value=kept[0].made_at.timestamp() if kept else 0,
        )
        yield GaugeMetricFamily(
            "hotspots_backup_last_size_bytes",
            "Octets of the newest backup; 0 where there is none.",
            value=kept[0].octets if kept else 0,
        )
        yield GaugeMetricFamily("hotspots_backups_kept", "Backups in the folder.", value=len(kept))
