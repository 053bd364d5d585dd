"""Passes whose sessions are over: they name devices, and nothing asks for them any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_

from hotspots import legal_holds
from hotspots.database import Database
from hotspots.jobs.batches import delete_in_batches
from hotspots.models import Pass
from hotspots.sessions.accounting_store import SESSIONS
from hotspots.sessions.passes import KEPT


def delete_old_passes(database: Database, now: datetime) -> int:
    """Forget passes a day after they were granted, where their session is not open and did not end just now."""
    still_told_of = exists().where(
        SESSIONS.c.key == Pass.session_key,
        or_(SESSIONS.c.stopped_at.is_(None), SESSIONS.c.stopped_at > now - KEPT),
    )
    with database.read() as db:
        free = legal_holds.held(db, now).passes_free()
    return delete_in_batches(database, Pass.id, Pass.granted_at < now - KEPT, ~still_told_of, *free)
