"""The backup of every night."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from hotspots.backups import folder
from hotspots.backups.taking import take_into_folder
from hotspots.database import Database
from hotspots.settings import Settings

_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """The process is to end: a backup of a large database would take too long."""


def back_up_nightly(database: Database, now: datetime, settings: Settings, stop: threading.Event) -> int:
    """Take the backup of this night, unless there is one; what was missed at night is made up for in the morning.

    Args:
        database: What is saved.
        now: Whether it is time, and its name.
        settings: Where to, and how many stay.
        stop: Set where the process is to end: then nothing is left of what was begun.

    Returns:
        0: no row is changed.
    """
    newest = next((each.made_at for each in folder.kept(settings.backup_dir)), None)
    if not folder.due(newest, now):
        return 0

    def watch(_what: str, _done: int, _total: int) -> None:
        if stop.is_set():
            raise _StoppedError

    try:
        taken = take_into_folder(database.engine, settings, now, watch)
    except _StoppedError:
        _log.info("the backup of this night was given up, to be made after the next start")
    else:
        _log.info("saved everything in %s, %d octets", taken.path, taken.octets)
    return 0
