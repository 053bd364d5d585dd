"""Writing logins down: each decision with its checks, used tickets, remembered devices, first uses of vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import bulk, models
from hotspots.login import Outcome
from hotspots.policy import Refuse

TABLES = models.Base.metadata.tables
DECISIONS: Table = TABLES["login_decisions"]
USED_TICKETS: Table = TABLES["used_tickets"]
DEVICE_GRANTS: Table = TABLES["device_grants"]
VOUCHERS: Table = TABLES["vouchers"]
CHANGES: Table = TABLES["changes"]
ACCESS_POINT_STATES: Table = TABLES["access_point_states"]


def apply(db: OrmSession, outcomes: Sequence[Outcome]) -> None:
    """Write what these logins changed, in the caller's transaction; doing it twice changes nothing but the log."""
    connection = db.connection()
    bulk.insert(db, DECISIONS, [_decision(outcome) for outcome in outcomes])
    tickets = {o.used_ticket.nonce: o.used_ticket.expires_at for o in outcomes if o.used_ticket is not None}
    if tickets:
        rows = [{"nonce": nonce, "expires_at": expires_at} for nonce, expires_at in tickets.items()]
        bulk.upsert(db, USED_TICKETS, rows, keys=["nonce"])
    grants = {o.remembered.device: _grant(o) for o in outcomes if o.remembered is not None}
    if grants:
        bulk.upsert(db, DEVICE_GRANTS, list(grants.values()), keys=["device"])
    first_uses = {o.first_use_of.id: o.first_use_of.first_used_at for o in outcomes if o.first_use_of is not None}
    if first_uses:
        statement = (
            update(VOUCHERS)
            .where(VOUCHERS.c.id == bindparam("voucher_id"), VOUCHERS.c.first_used_at.is_(None))
            .values(first_used_at=bindparam("used_at"))
        )
        connection.execute(statement, [{"voucher_id": key, "used_at": at} for key, at in first_uses.items()])
    _announce(db, outcomes[-1].attempt.now, grants=grants, vouchers=first_uses, used_tickets=tickets)
    _heard(db, outcomes)


def _decision(outcome: Outcome) -> dict[str, Any]:
    decision = outcome.decision
    refusal = decision if isinstance(decision, Refuse) else None
    return {
        "at": outcome.attempt.now,
        "at_door": "radius",
        "access_point_id": outcome.attempt.client.id,
        "device": outcome.attempt.device,
        # A ticket's id says nothing to anybody once it is used; a voucher's code must not stand in a log.
        "user_name": None,
        "method": outcome.method.value,
        "plan_id": outcome.plan_id,
        "reason": refusal.reason.value if refusal else None,
        "retry_at": refusal.retry_at if refusal else None,
        "checks": [
            {"rule": check.rule, "used": check.used, "limit": check.limit, "left": check.left}
            for check in decision.checks
        ],
    }


def _grant(outcome: Outcome) -> dict[str, Any]:
    grant = outcome.remembered
    assert grant is not None  # noqa: S101 - the caller has just looked
    return {
        "device": grant.device,
        "plan_id": grant.plan_id,
        "subject_kind": grant.subject.kind.value,
        "subject_key": grant.subject.key,
        "access_point_id": outcome.attempt.client.id,
        "terms_version": outcome.terms_version,
        "granted_at": outcome.attempt.now,
        "expires_at": grant.expires_at,
    }


def _announce(db: OrmSession, now: datetime, **changed: dict[Any, Any]) -> None:
    notices = [{"topic": topic, "key": str(key), "at": now} for topic, keys in changed.items() for key in keys]
    if notices:
        bulk.insert(db, CHANGES, notices)


def _heard(db: OrmSession, outcomes: Sequence[Outcome]) -> None:
    latest = {outcome.attempt.client.id: outcome.attempt.now for outcome in outcomes}
    rows = [{"access_point_id": key, "last_login_at": at} for key, at in latest.items()]
    bulk.upsert(db, ACCESS_POINT_STATES, rows, keys=["access_point_id"])
