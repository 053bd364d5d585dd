"""Legal holds: single records that nothing erases until a day, or until the hold is lifted.

An order under article 218a of the Polish code of criminal procedure secures data for at most 90 days and names them:
so a hold is on one session, one device or one voucher, never on everybody's data, and ends by itself. How long an
authority keeps everything is another matter (``retention_mode`` and ``retention_days`` of the inventory). How a hold
begins and ends: :mod:`hotspots.hold_orders`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy import Column, ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import Account, DeviceGrant, LegalHold, LoginDecision, Pass, Session
from hotspots.policy import SubjectKind

_Value = TypeVar("_Value")
_Column = InstrumentedAttribute[_Value] | Column[_Value]

AROUND: Final = timedelta(minutes=10)
"""Logins so near to the beginning of a session are those that it began with."""


class Kind(StrEnum):
    """Whose records are held: those of one session, of a device, or of a voucher, those to come among them."""

    SESSION = "session"
    DEVICE = "device"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held at one moment; each with the moment until which it is."""

    devices: Mapping[str, datetime]
    vouchers: Mapping[int, datetime]
    sessions: Mapping[int, datetime]
    stays: Sequence[Session]

    def sessions_free(self, number: _Column[int]) -> list[ColumnElement[bool]]:
        """Of a column with numbers of sessions: those that no hold covers. Nothing where nothing is held."""
        return [number.not_in(list(self.sessions))] if self.sessions else []

    def devices_free(self, device: _Column[str]) -> list[ColumnElement[bool]]:
        """Of a column with devices: those that are not held."""
        return [device.not_in(list(self.devices))] if self.devices else []

    def decisions_free(self, db: OrmSession) -> list[ColumnElement[bool]]:
        """Of login decisions: those that no hold covers."""
        row = LoginDecision
        free: list[ColumnElement[bool]] = []
        if self.devices:
            free.append(or_(row.device.is_(None), row.device.not_in(list(self.devices))))
        if self.vouchers:
            free.append(or_(row.voucher_id.is_(None), row.voucher_id.not_in(list(self.vouchers))))
        # By their numbers: a condition for each session would be one that SQLite finds too deep (its limit is 1000).
        others = [stay for stay in self.stays if stay.device not in self.devices]
        began = [number for stay in others for number in db.scalars(select(row.id).where(*_began(stay)))]
        return [*free, row.id.not_in(began)] if began else free

    def passes_free(self) -> list[ColumnElement[bool]]:
        """Of passes: those that no hold covers."""
        if not (self.devices or self.vouchers or self.stays):
            return []
        of_voucher = and_(
            Pass.subject_kind == SubjectKind.VOUCHER.value, Pass.subject_key.in_(_texts(self.vouchers))
        )
        keys = [stay.key for stay in self.stays]
        return [*self.devices_free(Pass.device), Pass.session_key.not_in(keys), not_(of_voucher)]

    def of_pass(self, row: Pass) -> datetime | None:
        """Until when a pass is held; None where it is not. It is one of those that :meth:`passes_free` leaves out."""
        of_voucher = row.subject_kind == SubjectKind.VOUCHER.value
        ends = (
            self.devices.get(row.device),
            self.vouchers.get(int(row.subject_key)) if of_voucher else None,
            *(self.sessions[stay.id] for stay in self.stays if stay.key == row.session_key),
        )
        return max((end for end in ends if end is not None), default=None)

    def covers_account(self, db: OrmSession, account: Account) -> bool:
        """Whether a session that is held counts for this account, or a held device is remembered for it."""
        kind, key = SubjectKind.RESIDENT.value, str(account.id)
        if any((stay.subject_kind, stay.subject_key) == (kind, key) for stay in self.stays):
            return True
        grant = DeviceGrant
        mine = grant.subject_kind == kind, grant.subject_key == key, grant.device.in_(list(self.devices))
        return bool(self.devices) and db.scalar(select(grant.device).where(*mine).limit(1)) is not None


def held(db: OrmSession, now: datetime) -> Held:
    """What is held at ``now``."""
    subjects: dict[Kind, dict[str, datetime]] = {kind: {} for kind in Kind}
    for hold in in_force(db, now):
        of_kind = subjects[Kind(hold.kind)]
        of_kind[hold.subject] = max(hold.until, of_kind.get(hold.subject, hold.until))
    devices = subjects[Kind.DEVICE]
    numbers = {int(number): until for number, until in subjects[Kind.SESSION].items()}
    vouchers = {int(number): until for number, until in subjects[Kind.VOUCHER].items()}
    stays = _stays(db, devices, vouchers, numbers)
    until = {stay.id: _until(stay, devices, vouchers, numbers) for stay in stays}
    return Held(devices, vouchers, until, stays)


def in_force(db: OrmSession, now: datetime) -> Sequence[LegalHold]:
    """The holds that count at ``now``, the oldest first."""
    return db.scalars(select(LegalHold).where(LegalHold.until > now).order_by(LegalHold.id)).all()


def _stays(
    db: OrmSession,
    devices: Mapping[str, datetime],
    vouchers: Mapping[int, datetime],
    numbers: Mapping[int, datetime],
) -> list[Session]:
    of_voucher = Session.subject_kind == SubjectKind.VOUCHER.value, Session.subject_key.in_(_texts(vouchers))
    found: dict[int, Session] = {}
    # One index each.
    for wanted, which in (
        (devices, (Session.device.in_(list(devices)),)),
        (numbers, (Session.id.in_(list(numbers)),)),
        (vouchers, of_voucher),
    ):
        if wanted:
            found |= {stay.id: stay for stay in db.scalars(select(Session).where(*which))}
    return list(found.values())


def _until(
    stay: Session,
    devices: Mapping[str, datetime],
    vouchers: Mapping[int, datetime],
    numbers: Mapping[int, datetime],
) -> datetime:
    of_voucher = stay.subject_kind == SubjectKind.VOUCHER.value
    ends = (
        devices.get(stay.device or ""),
        numbers.get(stay.id),
        vouchers.get(int(stay.subject_key or 0)) if of_voucher else None,
    )
    return max(end for end in ends if end is not None)


def _began(stay: Session) -> list[ColumnElement[bool]]:
    """Of a decision: this session began with it."""
    row = LoginDecision
    near = row.at.between(stay.started_at - AROUND, stay.started_at + AROUND)
    return [row.access_point_id == stay.access_point_id, near, row.device == stay.device]


def _texts(numbers: Mapping[int, datetime]) -> list[str]:
    return [str(number) for number in numbers]
