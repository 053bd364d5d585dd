"""Checks of the backups: that there is a recent one, and that it does not burn with the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from hotspots.backups import folder
from hotspots.backups.folder import Kept
from hotspots.doctor.finding import Finding, State
from hotspots.settings import Settings
from hotspots.storage.database_url import sqlite_file

OVERDUE_AFTER: Final = timedelta(hours=36)
"""One night that was missed, and half a day to look at it; as the alert rule has it."""


def check_backups(settings: Settings) -> Iterator[Finding]:
    """There is a recent one, on another disk than the database."""
    kept = folder.kept(settings.backup_dir)
    if not kept and not settings.backup_nightly:
        yield Finding("backups", State.ADVICE, "none is made at night", "Set HOTSPOTS_BACKUP_NIGHTLY to true")
        return
    yield judge_backups(kept, datetime.now(UTC))
    file = sqlite_file(settings.database_url)
    if file is None or not file.exists() or not settings.backup_dir.exists():
        return
    if file.stat().st_dev == settings.backup_dir.stat().st_dev:
        yield Finding(
            "backups",
            State.ADVICE,
            f"{settings.backup_dir} is on the same disk as the database",
            "Copy them to another machine every day, or set HOTSPOTS_BACKUP_DIR to a folder on another disk",
        )


def judge_backups(kept: Sequence[Kept], now: datetime) -> Finding:
    """What the newest of them means; each that is there was whole when it was made."""
    if not kept:
        return Finding("backups", State.ADVICE, "there is none yet", "Run: hotspots backup")
    newest = kept[0]
    hours = (now - newest.made_at) / timedelta(hours=1)
    said = f"{len(kept)}, the newest {newest.path} is {hours:.0f} h old and has {newest.octets} octets"
    if now - newest.made_at > OVERDUE_AFTER:
        return Finding(
            "backups", State.WRONG, said, "Run: hotspots backup; it says what keeps the nightly one away"
        )
    return Finding("backups", State.OK, said)
