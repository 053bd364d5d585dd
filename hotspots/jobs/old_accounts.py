"""Accounts whose time is over, and the names that a deleted one left in sessions which were still open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, case, cast, exists, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, legal_holds
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, in_batches
from hotspots.models import Account, Authority
from hotspots.policy import SubjectKind
from hotspots.residents import accounts
from hotspots.sessions.accounting_store import SESSIONS

_LOOK_BACK: Final = timedelta(days=7)
"""Sessions that ended before were looked at already; what would be left of them goes with the retention."""


def delete_expired_accounts(database: Database, now: datetime) -> int:
    """Delete the accounts that expired longer ago than the authority keeps sessions."""
    expired = [number for number, ended, days in _ended(database, now) if ended < now - timedelta(days=days)]
    deleted = 0
    for number in expired:
        with database.write() as db:
            account = db.get(Account, number)
            if account is None or account.expires_at >= now:  # somebody extended it meanwhile
                continue
            if not legal_holds.held(db, now).covers_account(db, account):
                deleted += 1
                accounts.delete(db, account, deleted_by=audit.SCHEDULER, now=now)
    return deleted


def erase_names_of_deleted_accounts(database: Database, now: datetime) -> int:
    """Empty the name in sessions that have ended and counted for an account that is deleted."""
    of_resident = SESSIONS.c.subject_kind == SubjectKind.RESIDENT.value
    number = cast(case((of_resident, SESSIONS.c.subject_key)), Integer)  # the key of others is none
    deleted = ~exists().where(Account.id == number).correlate(SESSIONS)
    with database.read() as db:
        free = legal_holds.held(db, now).sessions_free(SESSIONS.c.id)
    left = (
        select(SESSIONS.c.id)
        .where(
            SESSIONS.c.stopped_at >= now - _LOOK_BACK,
            of_resident,
            SESSIONS.c.user_name.is_not(None),
            deleted,
            *free,
        )
        .limit(ROWS)
    )

    def step(db: OrmSession) -> int:
        ids = db.scalars(left).all()
        if ids:
            db.execute(update(SESSIONS).where(SESSIONS.c.id.in_(ids)).values(user_name=None))
        return len(ids)

    return in_batches(database, step)


def _ended(database: Database, now: datetime) -> list[tuple[int, datetime, int]]:
    """Number, end and days of retention of each account that is over."""
    ended = (
        select(Account.id, Account.expires_at, Authority.retention_days)
        .join(Account.authority)
        .where(Account.expires_at < now)
    )
    with database.read() as db:
        return [(number, expires_at, days) for number, expires_at, days in db.execute(ended)]
