"""Writing logins down: each decision with its checks, used tickets, remembered devices, first uses of vouchers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import bulk, models
from hotspots.login_records import LoginRecord

TABLES = models.Base.metadata.tables
DECISIONS: Table = TABLES["login_decisions"]
USED_TICKETS: Table = TABLES["used_tickets"]
DEVICE_GRANTS: Table = TABLES["device_grants"]
VOUCHERS: Table = TABLES["vouchers"]
CHANGES: Table = TABLES["changes"]

_DECISION: Final = (
    *("at", "at_door", "access_point_id", "device", "method", "plan_id", "reason", "retry_at", "checks"),
)
_GRANT: Final = (
    *("device", "plan_id", "subject_kind", "subject_key", "access_point_id", "terms_version"),
    *("granted_at", "expires_at"),
)


def apply(db: OrmSession, logins: Sequence[LoginRecord]) -> None:
    """Write what these logins changed, in the caller's transaction; doing it twice changes nothing but the log."""
    bulk.insert(db, DECISIONS, _DECISION, [_decision(login) for login in logins])
    tickets = dict(login.used_ticket for login in logins if login.used_ticket is not None)
    if tickets:
        bulk.upsert(db, USED_TICKETS, ("nonce", "expires_at"), list(tickets.items()))
    grants = {login.remembered.device: _grant(login) for login in logins if login.remembered is not None}
    if grants:
        bulk.upsert(db, DEVICE_GRANTS, _GRANT, list(grants.values()))
    vouchers = {login.first_use_of: login.at for login in logins if login.first_use_of is not None}
    if vouchers:
        statement = (
            update(VOUCHERS)
            .where(VOUCHERS.c.id == bindparam("voucher_id"), VOUCHERS.c.first_used_at.is_(None))
            .values(first_used_at=bindparam("used_at"))
        )
        db.connection().execute(statement, [{"voucher_id": key, "used_at": at} for key, at in vouchers.items()])
    _announce(db, logins[-1].at, grants=grants.keys(), vouchers=vouchers.keys(), used_tickets=tickets.keys())


def _decision(login: LoginRecord) -> bulk.Row:
    return (
        *(login.at, "radius", login.access_point_id, login.device, login.method, login.plan_id),
        *(login.reason, login.retry_at, login.checks),
    )


def _grant(login: LoginRecord) -> bulk.Row:
    grant = login.remembered
    assert grant is not None  # noqa: S101 - the caller has just looked
    return (
        *(grant.device, grant.plan_id, grant.subject_kind, grant.subject_key, login.access_point_id),
        *(grant.terms_version, login.at, grant.expires_at),
    )


def _announce(db: OrmSession, now: datetime, **changed: Collection[str] | Collection[int]) -> None:
    notices = [(topic, str(key), now) for topic, keys in changed.items() for key in keys]
    if notices:
        bulk.insert(db, CHANGES, ("topic", "key", "at"), notices)
