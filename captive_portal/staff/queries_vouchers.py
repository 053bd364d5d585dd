"""Batches of vouchers as lists, and what became of each voucher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from captive_portal.staff.paging import Page, PageKey
from captive_portal.staff.scope import Scope
from hotspots.models import Authority, ServicePlan, Voucher, VoucherBatch

PAGE_ROWS: Final = 25


class VoucherState(StrEnum):
    """What became of a voucher; whether its own budget is used up is known only when it is used."""

    UNUSED = "unused"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Counts(NamedTuple):
    """How many vouchers a batch has, and how many of them were used and revoked."""

    all: int = 0
    used: int = 0
    revoked: int = 0


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch in the list."""

    batch: VoucherBatch
    authority: Authority
    counts: Counts


def state(voucher: Voucher, now: datetime) -> VoucherState:
    """What became of this voucher by ``now``."""
    if voucher.revoked_at is not None:
        return VoucherState.REVOKED
    if now >= voucher.batch.expires_at:
        return VoucherState.EXPIRED
    return VoucherState.UNUSED if voucher.first_used_at is None else VoucherState.USED


def batches(db: OrmSession, scope: Scope, after: PageKey | None) -> Page[BatchRow]:
    """A page of the visible batches, newest first."""
    statement = (
        select(VoucherBatch, Authority)
        .join(Authority, Authority.id == VoucherBatch.authority_id)
        .options(joinedload(VoucherBatch.plan))
        .order_by(VoucherBatch.created_at.desc(), VoucherBatch.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if after is not None:
        statement = statement.where(after.older(VoucherBatch.created_at, VoucherBatch.id))
    found = db.execute(scope.of_batches(statement)).all()
    counts = _counts(db, [batch.id for batch, _ in found])
    rows = [BatchRow(batch, authority, counts.get(batch.id, Counts())) for batch, authority in found]
    return Page.of(rows, PAGE_ROWS, lambda row: PageKey(row.batch.created_at, row.batch.id))


def plans(db: OrmSession) -> Sequence[ServicePlan]:
    """The plans that a voucher can give."""
    return db.scalars(select(ServicePlan).order_by(ServicePlan.name)).all()


def _counts(db: OrmSession, batch_ids: Sequence[int]) -> dict[int, Counts]:
    statement = (
        select(Voucher.batch_id, func.count(), func.count(Voucher.first_used_at), func.count(Voucher.revoked_at))
        .where(Voucher.batch_id.in_(batch_ids))
        .group_by(Voucher.batch_id)
    )
    return {batch_id: Counts(*counts) for batch_id, *counts in db.execute(statement)}
