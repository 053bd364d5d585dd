"""Codes that were sent long enough ago to count for nothing any more."""

from __future__ import annotations

from datetime import datetime

from hotspots import legal_holds
from hotspots.database import Database
from hotspots.jobs.batches import delete_in_batches
from hotspots.models import SentCode
from hotspots.residents.codes import KEPT


def delete_old_codes(database: Database, now: datetime) -> int:
    """Delete codes that limits no longer count, and with them the contacts that were never proved."""
    with database.read() as db:
        free = legal_holds.held(db, now).devices_free(SentCode.device)
    return delete_in_batches(database, SentCode.id, SentCode.sent_at < now - KEPT, *free)
