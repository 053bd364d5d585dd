"""Sessions whose Stop was lost: the gateway lost power, or the line, and nobody will report them again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches
from hotspots.plans import INTERIM_SECONDS
from hotspots.sessions.accounting import STALE
from hotspots.sessions.accounting_store import SESSIONS

MISSED_UPDATES: Final = 3
_SHORTEST_INTERIM_SECONDS: Final = 60  # CoovaChilli takes no Acct-Interim-Interval below it

_log = logging.getLogger(__name__)


def close_stale_sessions(database: Database, now: datetime) -> int:
    """End open sessions silent for three interim intervals of their plan, as of when they were last heard.

    An update that comes after all opens the session again (:func:`hotspots.sessions.accounting.merge`).
    """
    with database.read() as db:
        plans = db.execute(select(models.ServicePlan.id, models.ServicePlan.interim_seconds)).all()
    intervals: list[tuple[int | None, int]] = [(None, INTERIM_SECONDS)]
    intervals += [(plan_id, interim) for plan_id, interim in plans]
    closed = 0
    for plan_id, interim_seconds in intervals:
        silent_since = now - timedelta(seconds=MISSED_UPDATES * max(interim_seconds, _SHORTEST_INTERIM_SECONDS))
        closed += in_batches(database, partial(_close, plan_id=plan_id, silent_since=silent_since, now=now))
    if closed:
        _log.info("closed %d sessions that had gone silent", closed)
    return closed


def _close(db: OrmSession, plan_id: int | None, silent_since: datetime, now: datetime) -> int:
    ids = db.scalars(
        select(SESSIONS.c.id)
        .where(
            SESSIONS.c.stopped_at.is_(None),
            SESSIONS.c.plan_id.is_(None) if plan_id is None else SESSIONS.c.plan_id == plan_id,
            SESSIONS.c.updated_at < silent_since,
        )
        .limit(ROWS)
    ).all()
    if ids:
        db.execute(
            update(SESSIONS)
            # Again, since accounting may have come in between on a database with several writers.
            .where(SESSIONS.c.id.in_(ids), SESSIONS.c.stopped_at.is_(None), SESSIONS.c.updated_at < silent_since)
            .values(stopped_at=SESSIONS.c.updated_at, terminate_cause=STALE, changed_at=now)
        )
    return len(ids)
