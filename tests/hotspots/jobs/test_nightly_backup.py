"""The backup of every night."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.backups import file, folder
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.jobs.nightly_backup import back_up_nightly
from hotspots.processes.scheduler import JOBS, jobs
from hotspots.settings import Settings
from tests.hotspots.places import NOW, add_network

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(
    database: Database, tmp_path: Path, secret_key: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    for name in [name for name in os.environ if name.startswith("HOTSPOTS_")]:
        monkeypatch.delenv(name)
    return Settings(data_dir=tmp_path, database_url=database.engine.url, secret_key=secret_key)


def test_one_a_night_which_is_whole(database: Database, settings: Settings) -> None:
    for hours in range(0, 49):
        assert back_up_nightly(database, NOW + hours * HOUR, settings, threading.Event()) == 0

    # Noon in UTC: at once, since there was none; then in the first hour after half past two in Poland.
    kept = folder.kept(settings.backup_dir)
    assert [each.made_at for each in kept] == [NOW + hours * HOUR for hours in (38, 14, 0)]
    for each in kept:
        assert file.verify(each.path).made_at == each.made_at


def test_a_folder_that_was_set_and_is_not_there_is_not_made_on_the_wrong_disk(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"backup_dir": tmp_path / "usb" / "backups"})

    with pytest.raises(HotspotsError, match=r"which is not there\. Mount its disk, or make the folder"):
        back_up_nightly(database, NOW, settings, threading.Event())

    assert not (tmp_path / "usb").exists()


def test_one_that_is_told_to_stop_leaves_nothing(database: Database, settings: Settings) -> None:
    stop = threading.Event()
    stop.set()
    with database.write() as db:
        add_network(db, database.vault)

    assert back_up_nightly(database, NOW, settings, stop) == 0

    assert list(settings.backup_dir.iterdir()) == []


def test_it_is_one_of_the_jobs_unless_it_is_not_wanted(settings: Settings) -> None:
    stop = threading.Event()
    without = {job.name for job in jobs(settings.model_copy(update={"backup_nightly": False}), stop)}
    (more,) = [job for job in jobs(settings, stop) if job.name not in without]

    assert more.name == "back_up_nightly"
    assert more.interval_seconds <= 3600
    assert without >= {job.name for job in JOBS}
