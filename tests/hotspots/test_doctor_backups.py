"""What the doctor says of backups."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hotspots.backups.folder import Kept, name
from hotspots.doctor.backups import check_backups, judge_backups
from hotspots.doctor.finding import State
from hotspots.settings import Settings
from tests.hotspots.places import NOW


def kept(*hours: float) -> list[Kept]:
    return [Kept(Path(name(NOW)), NOW - timedelta(hours=each), 1000) for each in hours]


@pytest.mark.parametrize(
    ("hours", "state"),
    [((), State.ADVICE), ((1.0, 25.0), State.OK), ((36.0,), State.OK), ((36.1, 60.0), State.WRONG)],
)
def test_a_recent_one_is_wanted(hours: tuple[float, ...], state: State) -> None:
    finding = judge_backups(kept(*hours), NOW)

    assert finding.state is state
    assert bool(finding.remedy) is (state is not State.OK)


def test_a_disk_shared_with_the_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSPOTS_BACKUP_DIR", raising=False)
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "hotspots.db").touch()
    settings.backup_dir.mkdir()

    said = [finding.message for finding in check_backups(settings)]

    assert said == ["there is none yet", f"{tmp_path}/backups is on the same disk as the database"]


def test_another_disk_is_in_order(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    settings = Settings(data_dir=tmp_path, backup_dir=elsewhere)
    (tmp_path / "hotspots.db").touch()

    assert [finding.message for finding in check_backups(settings)] == ["there is none yet"]


def test_none_at_night_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, backup_nightly=False)

    assert [finding.message for finding in check_backups(settings)] == ["none is made at night"]

    settings.backup_dir.mkdir()
    (settings.backup_dir / name(NOW)).touch()
    (finding,) = check_backups(settings)
    assert finding.state is State.WRONG
    assert finding.message.startswith("1, the newest ")
