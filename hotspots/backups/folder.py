"""The folder of the backups: their names, which there are, and which of them go."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

NIGHTLY_AT: Final = time_of_day(2, 30)
"""In Poland; in the two nights when the clock is changed the hour is there once at least."""

_ZONE: Final = ZoneInfo("Europe/Warsaw")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"hotspots-(\d{8}T\d{6}Z)\.db")
_LEFT_BEHIND_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the folder: since a backup gets its name only when it is whole and verified, a good one."""

    path: Path
    made_at: datetime
    octets: int


def name(now: datetime) -> str:
    """The name of a backup that is made now."""
    return f"hotspots-{now.astimezone(UTC):{_STAMP}}.db"


def partial(path: Path) -> Path:
    """Where a backup is while it is written."""
    return path.with_name(f".{path.name}.partial")


def kept(folder: Path) -> list[Kept]:
    """All backups in the folder by the names that we give, newest first; empty where there is no folder."""
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        matched = _NAME.fullmatch(path.name)
        if matched and path.is_file():
            made_at = datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)
            found.append(Kept(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups, and what an interrupted one left a day ago.

    Returns:
        The backups that were removed.
    """
    old = [each.path for each in kept(folder)[keep:]]
    for path in old:
        path.unlink(missing_ok=True)
    for path in folder.glob(".hotspots-*.db.partial"):
        if time.time() - path.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            path.unlink(missing_ok=True)
    return old


def due(newest: datetime | None, now: datetime) -> bool:
    """Whether this night's backup is still to be made: also in the morning, where the machine was off at night."""
    today = now.astimezone(_ZONE).date()
    # Compared in UTC: on the clock of a place an hour is missing in one night of the year, and one is there twice.
    nights = (
        datetime.combine(day, NIGHTLY_AT, _ZONE).astimezone(UTC) for day in (today, today - timedelta(days=1))
    )
    last = next(night for night in nights if night <= now)
    return newest is None or newest < last
