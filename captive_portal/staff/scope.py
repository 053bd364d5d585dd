"""Whose data a member of staff may see; every query of the dashboards goes through a scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from hotspots import hold_orders, legal_holds
from hotspots.legal_holds import Kind
from hotspots.models import AccessPoint, Authority, FaultReport, Hotspot, LegalHold, Session, Voucher, VoucherBatch

_Statement = TypeVar("_Statement", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Scope:
    """The authorities whose data may be seen; None where all may.

    What lies outside is answered like what does not exist, so that numbers cannot be probed.
    """

    authority_ids: frozenset[int] | None

    @property
    def is_everything(self) -> bool:
        """Whether nothing lies outside, so that a query need not ask."""
        return self.authority_ids is None

    def of_hotspots(self, statement: _Statement) -> _Statement:
        """Leave only rows of visible hotspots in a statement that has ``hotspots`` among its tables."""
        if self.authority_ids is None:
            return statement
        return statement.where(Hotspot.authority_id.in_(self.authority_ids))

    def of_batches(self, statement: _Statement) -> _Statement:
        """Leave only rows of visible batches in a statement that has ``voucher_batches`` among its tables."""
        if self.authority_ids is None:
            return statement
        return statement.where(VoucherBatch.authority_id.in_(self.authority_ids))

    def authorities(self, db: OrmSession) -> Sequence[Authority]:
        """The visible authorities: the powiat, then the gminas by name."""
        statement = select(Authority).order_by(Authority.kind.desc(), Authority.name)
        if self.authority_ids is not None:
            statement = statement.where(Authority.id.in_(self.authority_ids))
        return db.scalars(statement).all()

    def hotspots(self, db: OrmSession) -> Sequence[Hotspot]:
        """The visible hotspots, by authority and name, with their authorities."""
        statement = (
            select(Hotspot)
            .join(Hotspot.authority)
            .options(contains_eager(Hotspot.authority))
            .order_by(Authority.name, Hotspot.name, Hotspot.slug)
        )
        return db.scalars(self.of_hotspots(statement)).all()

    def access_point_ids(self, db: OrmSession, hotspot: Hotspot | None = None) -> Sequence[int]:
        """The access points of all visible hotspots or of one of them, removed ones included."""
        statement = select(AccessPoint.id).join(AccessPoint.hotspot)
        if hotspot is not None:
            statement = statement.where(Hotspot.id == hotspot.id)
        return db.scalars(self.of_hotspots(statement)).all()

    def hotspot(self, db: OrmSession, slug: str) -> Hotspot:
        """The visible hotspot of this name; 404 where there is none."""
        return _found(db.scalar(self.of_hotspots(select(Hotspot).where(Hotspot.slug == slug))))

    def session(self, db: OrmSession, session_id: int) -> Session:
        """The visible session of this number; 404 where there is none."""
        statement = select(Session).join(Session.access_point).join(AccessPoint.hotspot)
        return _found(db.scalar(self.of_hotspots(statement.where(Session.id == session_id))))

    def batch(self, db: OrmSession, batch_id: int) -> VoucherBatch:
        """The visible batch of vouchers of this number; 404 where there is none."""
        return _found(db.scalar(self.of_batches(select(VoucherBatch).where(VoucherBatch.id == batch_id))))

    def voucher(self, db: OrmSession, voucher_id: int) -> Voucher:
        """The visible voucher of this number; 404 where there is none."""
        statement = select(Voucher).join(Voucher.batch).where(Voucher.id == voucher_id)
        return _found(db.scalar(self.of_batches(statement)))

    def fault_report(self, db: OrmSession, number: str) -> FaultReport:
        """The visible report of this number; 404 where there is none."""
        statement = select(FaultReport).join(FaultReport.hotspot).where(FaultReport.number == number)
        return _found(db.scalar(self.of_hotspots(statement)))

    def kinds_to_hold(self) -> tuple[Kind, ...]:
        """Whose records may be held: a device's are those of all authorities, so that who sees one may not."""
        return tuple(Kind) if self.is_everything else (Kind.SESSION, Kind.VOUCHER)

    def may_hold(self, db: OrmSession, kind: Kind, typed: str) -> bool:
        """Whether a session or voucher of this number is visible; of a device, whether everything is."""
        if kind is Kind.DEVICE:
            return self.is_everything
        return hold_orders.number_of(typed) in self._seen(db, kind, {hold_orders.number_of(typed)})

    def holds(self, db: OrmSession, now: datetime) -> Sequence[LegalHold]:
        """The holds in force on what may be held here, the oldest first."""
        found = legal_holds.in_force(db, now)
        if self.is_everything:
            return found
        seen = {
            (kind.value, str(number))
            for kind in self.kinds_to_hold()
            for number in self._seen(db, kind, {int(hold.subject) for hold in found if hold.kind == kind})
        }
        return [hold for hold in found if (hold.kind, hold.subject) in seen]

    def hold(self, db: OrmSession, number: int, now: datetime) -> LegalHold:
        """The visible hold of this number; 404 where there is none, or no longer."""
        return _found(next((hold for hold in self.holds(db, now) if hold.id == number), None))

    def _seen(self, db: OrmSession, kind: Kind, numbers: Collection[int]) -> Collection[int]:
        """Of these sessions or vouchers those that are visible."""
        if kind is Kind.VOUCHER:
            vouchers = select(Voucher.id).join(Voucher.batch).where(Voucher.id.in_(numbers))
            return set(db.scalars(self.of_batches(vouchers)))
        sessions = select(Session.id).join(Session.access_point).join(AccessPoint.hotspot)
        return set(db.scalars(self.of_hotspots(sessions.where(Session.id.in_(numbers)))))

    def authority(self, db: OrmSession, authority_id: int) -> Authority:
        """The visible authority of this number; 404 where there is none."""
        if self.authority_ids is not None and authority_id not in self.authority_ids:
            raise NotFound
        return _found(db.get(Authority, authority_id))

    def authority_named(self, db: OrmSession, slug: str) -> Authority:
        """The visible authority with this slug; 404 where there is none."""
        statement = select(Authority).where(Authority.slug == slug)
        if self.authority_ids is not None:
            statement = statement.where(Authority.id.in_(self.authority_ids))
        return _found(db.scalar(statement))


_Row = TypeVar("_Row")


def _found(row: _Row | None) -> _Row:
    if row is None:
        raise NotFound
    return row
