"""Limits that are changed while somebody is online under them: their sessions are asked to be changed, too.

Whoever writes a plan, an account or a batch of vouchers need not think of it: :mod:`hotspots.database` looks at each
row that is written. The radius service carries out what is asked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, insert, inspect, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import (
    AccessPoint,
    Account,
    Base,
    Hotspot,
    Kiosk,
    ServicePlan,
    Session,
    SessionCommand,
    Voucher,
    VoucherBatch,
)
from hotspots.policy import SubjectKind

CHANGE: Final = "change"
"""The kind of a command that gives a session other limits (CoA)."""

RATES: Final = "rates_changed"
"""The cause of a change of how fast, which some gateways cannot make within a session; else :data:`BUDGETS`."""

BUDGETS: Final = "limits_changed"

_RATES: Final = frozenset(("rate_down_bps", "rate_up_bps"))
_OF_PLANS: Final = frozenset(
    (
        *("session_seconds", "idle_seconds", "interim_seconds"),
        *("daily_seconds", "monthly_seconds", "daily_octets", "monthly_octets"),
    )
)
_OF_BATCHES: Final = frozenset(("expires_at", "lifetime_seconds", "total_seconds", "total_octets"))


def ask(db: OrmSession, now: datetime) -> None:
    """Ask for the change of all open sessions whose limits the rows that are being flushed change."""
    for row in db.dirty:
        if isinstance(row, Base):
            for which, cause in _touched(row):
                _ask(db, which, cause, now)


def _touched(row: Base) -> Iterator[tuple[ColumnElement[bool], str]]:
    """The sessions whose limits a changed row changes, and the cause to be written down."""
    changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
    if "plan" in changed:
        changed.add("plan_id")  # given as a row and not by its number
    if isinstance(row, ServicePlan):
        if changed & (_RATES | _OF_PLANS):
            yield Session.plan_id == row.id, RATES if changed & _RATES else BUDGETS
    elif isinstance(row, Account):
        if changed & {"plan_id", "expires_at"}:
            yield _of(SubjectKind.RESIDENT, row.id), RATES if "plan_id" in changed else BUDGETS
    elif isinstance(row, VoucherBatch):
        if changed & (_OF_BATCHES | {"plan_id"}):
            vouchers = select(cast(Voucher.id, String)).where(
                Voucher.batch_id == row.id, Voucher.first_used_at.is_not(None)
            )
            of_batch = (Session.subject_kind == SubjectKind.VOUCHER.value) & Session.subject_key.in_(vouchers)
            yield of_batch, RATES if "plan_id" in changed else BUDGETS
    elif isinstance(row, Hotspot) and "plan_id" in changed:
        there = select(AccessPoint.id).where(AccessPoint.hotspot_id == row.id)
        yield Session.access_point_id.in_(there) & (Session.subject_kind == SubjectKind.DEVICE.value), RATES
    elif isinstance(row, Kiosk) and "plan_id" in changed:
        yield _of(SubjectKind.KIOSK, row.id), RATES


def _of(kind: SubjectKind, number: int) -> ColumnElement[bool]:
    return (Session.subject_kind == kind.value) & (Session.subject_key == str(number))


def _ask(db: OrmSession, which: ColumnElement[bool], cause: str, now: datetime) -> None:
    ids = db.scalars(select(Session.id).where(which, Session.stopped_at.is_(None))).all()
    values: dict[str, Any] = {"kind": CHANGE, "cause": cause, "asked_by": "limits", "asked_at": now, "attempts": 0}
    if ids:
        db.execute(insert(SessionCommand), [values | {"session_id": number, "state": "asked"} for number in ids])
