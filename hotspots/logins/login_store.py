"""Writing logins down: each decision with its checks, used tickets, remembered devices, first uses of vouchers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Table

from hotspots import models
from hotspots.bulk import Bulk, Row
from hotspots.logins.login_records import LoginRecord

TABLES = models.Base.metadata.tables
DECISIONS: Table = TABLES["login_decisions"]
USED_TICKETS: Table = TABLES["used_tickets"]
DEVICE_GRANTS: Table = TABLES["device_grants"]
VOUCHERS: Table = TABLES["vouchers"]
CHANGES: Table = TABLES["changes"]

_DECISION: Final = (
    *("at", "at_door", "access_point_id", "device", "method", "plan_id", "reason", "retry_at", "checks"),
    "voucher_id",
)
_GRANT: Final = (
    *("device", "plan_id", "subject_kind", "subject_key", "access_point_id", "terms_version"),
    *("granted_at", "expires_at"),
)


def apply(db: Bulk, logins: Sequence[LoginRecord]) -> None:
    """Write what these logins changed, in the caller's transaction; doing it twice changes nothing but the log."""
    db.insert(DECISIONS, _DECISION, [_decision(login) for login in logins])
    tickets = dict(login.used_ticket for login in logins if login.used_ticket is not None)
    if tickets:
        db.upsert(USED_TICKETS, ("nonce", "expires_at"), list(tickets.items()))
    grants = {login.remembered.device: _grant(login) for login in logins if login.remembered is not None}
    if grants:
        db.upsert(DEVICE_GRANTS, _GRANT, list(grants.values()))
    vouchers = {login.first_use_of: login.at for login in logins if login.first_use_of is not None}
    if vouchers:
        used = db.fetch([VOUCHERS.c.id], "id IN ? AND first_used_at IS NULL", list(vouchers))
        db.update(VOUCHERS, ("id", "first_used_at"), [(number, vouchers[number]) for (number,) in used])
    _announce(db, logins[-1].at, grants=grants.keys(), vouchers=vouchers.keys())


def _decision(login: LoginRecord) -> Row:
    return (
        *(login.at, "radius", login.access_point_id, login.device, login.method, login.plan_id),
        *(login.reason, login.retry_at, login.checks, login.refused_voucher),
    )


def _grant(login: LoginRecord) -> Row:
    grant = login.remembered
    assert grant is not None  # noqa: S101 - the caller has just looked
    return (
        *(grant.device, grant.plan_id, grant.subject_kind, grant.subject_key, login.access_point_id),
        *(grant.terms_version, login.at, grant.expires_at),
    )


def _announce(db: Bulk, now: datetime, **changed: Collection[str] | Collection[int]) -> None:
    notices = [(topic, str(key), now) for topic, keys in changed.items() for key in keys]
    if notices:
        db.insert(CHANGES, ("topic", "key", "at"), notices)
