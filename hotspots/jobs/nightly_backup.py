"""The backup of every night."""

from __future__ import annotations

import logging
from datetime import datetime

from hotspots.backups import folder
from hotspots.backups.taking import take_into_folder
from hotspots.database import Database
from hotspots.settings import Settings

_log = logging.getLogger(__name__)


def back_up_nightly(database: Database, now: datetime, settings: Settings) -> int:
    """Take the backup of this night, unless there is one; what was missed at night is made up for in the morning.

    Returns:
        0: no row is changed.
    """
    newest = next((each.made_at for each in folder.kept(settings.backup_dir)), None)
    if folder.due(newest, now):
        taken = take_into_folder(database.engine, settings, now)
        _log.info("saved everything in %s, %d octets", taken.path, taken.octets)
    return 0
