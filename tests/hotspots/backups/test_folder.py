"""The names of backups, which of them go, and when the next one is due."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotspots.backups import folder

MADE = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_a_name_says_when_and_is_read_again(tmp_path: Path) -> None:
    (tmp_path / folder.name(MADE)).write_bytes(b"12345")

    (kept,) = folder.kept(tmp_path)

    assert kept.path.name == "hotspots-20260302T013000Z.db"
    assert (kept.made_at, kept.octets) == (MADE, 5)


def test_only_what_has_such_a_name_counts(tmp_path: Path) -> None:
    for name in ("hotspots.db", "hotspots-20260302.db", "hotspots-20260302T013000Z.db.gz", "notes"):
        (tmp_path / name).touch()
    (tmp_path / folder.partial(Path(folder.name(MADE)))).touch()

    assert folder.kept(tmp_path) == []
    assert folder.kept(tmp_path / "missing") == []


def test_the_oldest_go_and_what_was_interrupted_a_day_ago(tmp_path: Path) -> None:
    days = [MADE + timedelta(days=day) for day in range(4)]
    for day in days:
        (tmp_path / folder.name(day)).touch()
    old, recent = (folder.partial(tmp_path / folder.name(day)) for day in days[:2])
    for path in (old, recent):
        path.touch()
    os.utime(old, times=(time.time() - 90_000,) * 2)

    removed = folder.prune(tmp_path, 3)

    assert removed == [tmp_path / folder.name(days[0])]
    assert [each.made_at for each in folder.kept(tmp_path)] == days[:0:-1]
    assert recent.exists()
    assert not old.exists()


@pytest.mark.parametrize(
    ("newest", "now", "due"),
    [
        (None, utc(2, 12), True),
        (utc(2, 1, 30), utc(2, 12), False),  # 02:30 in Poland
        (utc(2, 1, 29), utc(2, 12), True),
        (utc(2, 12), utc(3, 1, 29), False),
        (utc(2, 12), utc(3, 1, 30), True),
        (utc(1, 12), utc(5, 9), True),  # it was off for days
        (utc(28, 12), utc(29, 0, 59), False),  # summer time begins: there is no 02:30 that night
        (utc(28, 12), utc(29, 1, 30), True),
    ],
)
def test_a_backup_is_due_once_a_night(newest: datetime | None, now: datetime, due: bool) -> None:
    assert folder.due(newest, now) is due


def test_in_a_year_of_nights_it_is_due_once_each() -> None:
    newest, made, now = None, 0, datetime(2026, 1, 1, 12, tzinfo=UTC)
    for _ in range(365 * 48):
        if folder.due(newest, now):
            newest, made = now, made + 1
        now += timedelta(minutes=30)

    assert made == 1 + 365
