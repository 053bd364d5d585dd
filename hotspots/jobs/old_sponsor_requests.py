"""Visitors who asked a member of staff, a day later."""

from __future__ import annotations

from datetime import datetime

from hotspots import legal_holds
from hotspots.database import Database
from hotspots.jobs.batches import delete_in_batches
from hotspots.models import SponsorRequest
from hotspots.residents.sponsoring import KEPT


def delete_old_sponsor_requests(database: Database, now: datetime) -> int:
    """Delete requests older than a day; who answered stays in the log of what staff did."""
    with database.read() as db:
        free = legal_holds.held(db, now).devices_free(SponsorRequest.device)
    return delete_in_batches(database, SponsorRequest.id, SponsorRequest.asked_at < now - KEPT, *free)
