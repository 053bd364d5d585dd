"""Former secrets of access points that have the new one by now."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from hotspots import audit
from hotspots.access_points import secret_change
from hotspots.database import Database

_log = logging.getLogger(__name__)


def drop_former_secrets(database: Database, now: datetime, unused_for: timedelta) -> int:
    """Drop those that have not been needed for so long; returns how many."""
    with database.write() as db:
        dropped = secret_change.drop_unused(db, unused_for, actor=audit.SCHEDULER, now=now)
    for each in dropped:
        _log.info("the former secret of %s was dropped: the new one is in use", each.access_point)
    return len(dropped)
