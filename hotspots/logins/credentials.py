"""What lets somebody in, as values: vouchers with the rules of their batch, accounts, remembered devices, kiosks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.policy import Person, Reason, Subject, SubjectKind
from hotspots.sessions.stay import Stay, is_stale
from hotspots.vouchers import Spent


class VoucherEntry(Struct, frozen=True):
    """A voucher with the rules of its batch; the fields are those of the two tables."""

    id: int
    digest: bytes
    plan_id: int
    expires_at: datetime
    lifetime_seconds: int | None
    total_seconds: int | None
    total_octets: int | None
    first_used_at: datetime | None
    revoked_at: datetime | None


class AccountEntry(Struct, frozen=True):
    """An account; the fields are those of the table."""

    id: int
    name: str
    plan_id: int
    password_hash: str
    expires_at: datetime
    blocked_at: datetime | None

    def __repr__(self) -> str:
        return f"AccountEntry({self.id}, password_hash=***)"

    def person(self, now: datetime) -> Person:
        """Whom a login with the right password counts for, on whatever device, and what stands against it."""
        refusal = None
        if self.blocked_at is not None:
            refusal = Reason.ACCOUNT_BLOCKED
        elif now >= self.expires_at:
            refusal = Reason.ACCOUNT_EXPIRED
        return Person(Subject(SubjectKind.RESIDENT, str(self.id)), refusal, valid_until=self.expires_at)


class KioskEntry(Struct, frozen=True):
    """A kiosk, which gets in by its address alone; ``hotspot`` is the slug of the one where it stands."""

    id: int
    plan_id: int
    hotspot: str


class Grant(Struct, frozen=True):
    """A remembered device: whom it counts for, under which plan, until when; and when and where it was asked."""

    device: str
    subject: Subject
    plan_id: int
    expires_at: datetime
    asked_at: datetime
    access_point_id: int
    blocked: bool = False

    def person(self, now: datetime) -> Person:
        """The device as :func:`hotspots.policy.decide` wants it; what a voucher has left is not in it."""
        if self.blocked:
            return Person(self.subject, Reason.DEVICE_BLOCKED)
        if now >= self.expires_at:
            return Person(self.subject, Reason.DEVICE_NOT_REMEMBERED)
        return Person(self.subject)


def spent(stays: Collection[Stay], device: str, interim_seconds: int, now: datetime) -> Spent:
    """What these stays have used, and what those of other devices than this one may still use.

    What another device was granted is held for it while it is online, so that two are never given the same rest.
    """
    seconds = octets = seconds_held = octets_held = 0
    for stay in stays:
        seconds += stay.seconds
        octets += stay.octets
        if stay.device != device and not stay.ended and not is_stale(stay, interim_seconds, now):
            seconds_held += max(0, (stay.limit_seconds or 0) - stay.seconds)
            octets_held += max(0, (stay.limit_octets or 0) - stay.octets)
    return Spent(seconds, octets, seconds_held, octets_held)


def load_vouchers(db: OrmSession, *which: ColumnElement[bool]) -> Iterator[VoucherEntry]:
    """Vouchers with the rules of their batches: those that ``which`` names, or all."""
    voucher, batch = models.Voucher, models.VoucherBatch
    statement = select(
        voucher.id,
        voucher.code_digest,
        batch.plan_id,
        batch.expires_at,
        batch.lifetime_seconds,
        batch.total_seconds,
        batch.total_octets,
        voucher.first_used_at,
        voucher.revoked_at,
    ).join(voucher.batch)
    for row in db.execute(statement.where(*which)):
        yield VoucherEntry(*row)


def load_accounts(db: OrmSession, ids: Collection[int] | None = None) -> Iterator[AccountEntry]:
    """These accounts, or all."""
    account = models.Account
    statement = select(
        account.id, account.name, account.plan_id, account.password_hash, account.expires_at, account.blocked_at
    )
    if ids is not None:
        statement = statement.where(account.id.in_(ids))
    for row in db.execute(statement):
        yield AccountEntry(*row)


def load_grants(db: OrmSession, devices: Collection[str] | None = None) -> Iterator[Grant]:
    """The remembered devices with these addresses, or all."""
    statement = select(models.DeviceGrant)
    if devices is not None:
        statement = statement.where(models.DeviceGrant.device.in_(devices))
    for row in db.scalars(statement):
        subject = Subject(SubjectKind(row.subject_kind), row.subject_key)
        asked = row.granted_at, row.access_point_id
        yield Grant(row.device, subject, row.plan_id, row.expires_at, *asked, row.blocked_at is not None)


def load_kiosks(db: OrmSession) -> dict[str, KioskEntry]:
    """The kiosks whose address is known, by it."""
    row = models.Kiosk
    rows = db.execute(select(row.device, row.id, row.plan_id, models.Hotspot.slug).join(row.hotspot))
    return {device: KioskEntry(number, plan_id, hotspot) for device, number, plan_id, hotspot in rows if device}
