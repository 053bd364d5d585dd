"""Notices of changes that every worker has read long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hotspots.database import Database
from hotspots.jobs.batches import delete_in_batches
from hotspots.models import Change

KEPT: Final = timedelta(days=1)


def delete_old_notices(database: Database, now: datetime) -> int:
    """Delete notices older than a day: workers follow them every second, and read everything when they start."""
    return delete_in_batches(database, Change.id, Change.at < now - KEPT)
