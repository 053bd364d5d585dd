"""What the exporter says of the backups on its machine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from hotspots.backups.folder import name
from hotspots.settings import Settings
from monitoring.backups import BackupsCollector
from tests.hotspots.places import NOW
from tests.monitoring.promtool import promtool


def scraped(settings: Settings) -> str:
    registry = CollectorRegistry()
    registry.register(BackupsCollector(settings))
    return generate_latest(registry).decode()


def figures(settings: Settings) -> dict[str, float]:
    lines = [line.split() for line in scraped(settings).splitlines() if not line.startswith("#")]
    return {metric.removeprefix("hotspots_"): float(value) for metric, value in lines}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, backup_dir=tmp_path / "saved")


def test_the_newest_one_counts(settings: Settings) -> None:
    settings.backup_dir.mkdir()
    for days, octets in ((1, 10), (0, 2000), (2, 30)):
        (settings.backup_dir / name(NOW - timedelta(days=days))).write_bytes(bytes(octets))

    assert figures(settings) == {
        "backup_last_success_timestamp_seconds": NOW.timestamp(),
        "backup_last_size_bytes": 2000,
        "backups_kept": 3,
    }
    promtool("check", "metrics", given=scraped(settings))


def test_zeros_where_there_is_none(settings: Settings) -> None:
    assert set(figures(settings).values()) == {0}


def test_a_folder_that_cannot_be_read_costs_no_scrape(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.backup_dir.mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)

    assert set(figures(settings).values()) == {0}
    assert "cannot be looked at" in caplog.text


def refuse(_path: Path) -> None:
    raise PermissionError(13, "Permission denied")


def test_nothing_where_none_is_to_be_made(settings: Settings) -> None:
    none_at_night = settings.model_copy(update={"backup_nightly": False})

    assert figures(none_at_night) == {}

    settings.backup_dir.mkdir()
    (settings.backup_dir / name(NOW)).touch()  # somebody makes them all the same
    assert figures(none_at_night)["backup_last_success_timestamp_seconds"] == NOW.timestamp()
