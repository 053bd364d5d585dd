"""Codes that prove a phone number or an e-mail address: six digits, good for ten minutes, five tries.

How many are sent is limited for each contact, device and hotspot, and what they cost for each authority and month. A
code is kept as a keyed digest, beside the device that asked for it, and proves nothing on another.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.keyed_digest import hmac_sha256
from hotspots.models import CodeSpending, SentCode
from hotspots.residents.contacts import Channel, ContactBook
from hotspots.sessions.usage_window import WARSAW, end_of_warsaw_day

DIGITS: Final = 6
LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
KEPT: Final = timedelta(hours=25)
"""A day of Warsaw may be that long."""

ENTER: Final = "enter"
PASSWORD: Final = "password"  # noqa: S105 - what a code is for: to choose a new password
_GRACE: Final = "+grace"
"""Follows the purpose of a code for which minutes were given to fetch it."""
_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Refusal(StrEnum):
    """Why no code is sent."""

    CONTACT_HAD_ENOUGH = "contact_had_enough"
    DEVICE_HAD_ENOUGH = "device_had_enough"
    HOTSPOT_HAD_ENOUGH = "hotspot_had_enough"
    MONEY_SPENT = "money_spent"
    NOT_SENT = "not_sent"
    """The provider refused it, or nobody knows whether it was sent."""


class Wrong(StrEnum):
    """Why a code proves nothing."""

    DIGITS = "digits"
    OVER = "over"
    """Too old, tried too often, of another device, or never sent."""


LIMITS: Final = (
    (Refusal.CONTACT_HAD_ENOUGH, SentCode.contact_digest, 3, _DAY),
    (Refusal.DEVICE_HAD_ENOUGH, SentCode.device, 5, _DAY),
    (Refusal.HOTSPOT_HAD_ENOUGH, SentCode.hotspot_id, 20, _HOUR),
    (Refusal.HOTSPOT_HAD_ENOUGH, SentCode.hotspot_id, 100, _DAY),
)
"""How many codes are sent at most, to or for whom, within how long."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a code: to which normalised contact, on which device, where, and what for.

    ``price_grosze`` is what sending it costs.
    """

    channel: Channel
    contact: str
    device: str
    hotspot_id: int
    purpose: str = ENTER
    price_grosze: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """A code to be sent; ``id`` is what the page holds that it is typed into."""

    id: str
    code: str

    def __repr__(self) -> str:
        return f"Issued({self.id}, code=***)"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom the right digits let in: the number of the account, and the device and hotspot that they were asked at.

    ``purpose`` is what they were asked for.
    """

    account_id: int
    device: str
    hotspot_id: int
    purpose: str = ENTER


class CodeDesk:
    """Makes codes and checks them."""

    def __init__(self, database: Database, book: ContactBook, key: bytes) -> None:
        self._database = database
        self._book = book
        self._key = key

    def __repr__(self) -> str:
        return "CodeDesk(***)"

    def issue(self, request: Request, now: datetime) -> Issued | Refusal:
        """A new code, counted and paid for; whoever cannot send it takes it back (:meth:`take_back`)."""
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        issued = Issued(secrets.token_urlsafe(16), code)
        try:
            with self._database.write() as db:
                # First of all: all that this authority sends waits here, so that what follows counts it all.
                _pay(db, request, now)
                self._count(db, request, now)
                db.add(self._row(issued, request, now))
        except _Refused as refused:
            return refused.refusal
        return issued

    def take_back(self, issued: Issued, request: Request, now: datetime) -> None:
        """The code was not sent: it counts for nobody and costs nothing."""
        with self._database.write() as db:
            db.execute(delete(SentCode).where(SentCode.id == issued.id))
            _spend(db, request, now, messages=-1, grosze=-request.price_grosze)

    def prove(self, code_id: str, device: str | None, typed: str, now: datetime) -> Holder | Wrong:
        """Whose digits these are, with an account made where there is none; right ones are good once.

        ``device`` is the one that they are typed on; None where the mail that they came with was opened elsewhere.
        """
        with self._database.write() as db:
            row = db.scalar(select(SentCode).where(SentCode.id == code_id).with_for_update())
            if row is None or device not in (row.device, None) or not _is_open(row, now):
                return Wrong.OVER
            row.tries += 1
            digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
            if not hmac.compare_digest(row.code_digest, self._digest(row.id, digits)):
                return Wrong.DIGITS if row.tries < TRIES else Wrong.OVER
            row.proved_at = now
            contact, hotspot = self._book.open(row.sealed_contact), db.get_one(models.Hotspot, row.hotspot_id)
            account = self._book.account_of(db, Channel(row.channel), contact, hotspot, now)
            return Holder(account.id, row.device, row.hotspot_id, row.purpose.removesuffix(_GRACE))

    def waiting(self, device: str, now: datetime) -> str | None:
        """The id of the newest code by e-mail that this device asked for and has not typed in yet."""
        newest = select(SentCode).where(
            SentCode.device == device, SentCode.sent_at > now - LIFETIME, SentCode.channel == Channel.EMAIL
        )
        with self._database.read() as db:
            row = db.scalars(newest.order_by(SentCode.sent_at.desc()).limit(1)).first()
            return row.id if row is not None and _is_open(row, now) else None

    def good_until(self, code_id: str, now: datetime) -> datetime | None:
        """Until when the code with this id may be typed; None where it is no good any more."""
        with self._database.read() as db:
            row = db.get(SentCode, code_id)
            return row.expires_at if row is not None and _is_open(row, now) else None

    def take_grace(self, code_id: str, device: str, now: datetime) -> bool:
        """Whether this device may go online to fetch this code: once in a day of Warsaw, and noted."""
        today = end_of_warsaw_day(now) - _DAY - _HOUR  # a day may have 25 hours
        with self._database.write() as db:
            row = db.scalar(select(SentCode).where(SentCode.id == code_id).with_for_update())
            if row is None or row.device != device or row.channel != Channel.EMAIL or not _is_open(row, now):
                return False
            had = select(SentCode.sent_at).where(
                SentCode.device == device, SentCode.sent_at > today, SentCode.purpose.endswith(_GRACE)
            )
            local = now.astimezone(WARSAW).date()
            if any(at.astimezone(WARSAW).date() == local for at in db.scalars(had)):
                return False
            row.purpose += _GRACE
            return True

    def _count(self, db: OrmSession, request: Request, now: datetime) -> None:
        values = {
            SentCode.contact_digest: self._book.digest(request.channel, request.contact),
            SentCode.device: request.device,
            SentCode.hotspot_id: request.hotspot_id,
        }
        for refusal, column, most, within in LIMITS:
            sent = select(func.count()).where(column == values[column], SentCode.sent_at > now - within)
            if (db.scalar(sent) or 0) >= most:
                raise _Refused(refusal)

    def _row(self, issued: Issued, request: Request, now: datetime) -> SentCode:
        return SentCode(
            id=issued.id,
            channel=request.channel,
            purpose=request.purpose,
            contact_digest=self._book.digest(request.channel, request.contact),
            sealed_contact=self._book.seal(request.contact),
            code_digest=self._digest(issued.id, issued.code),
            device=request.device,
            hotspot_id=request.hotspot_id,
            sent_at=now,
            expires_at=now + LIFETIME,
        )

    def _digest(self, code_id: str, code: str) -> bytes:
        return hmac_sha256(self._key, f"{code_id}:{code}".encode())


def _is_open(row: SentCode, now: datetime) -> bool:
    return row.proved_at is None and now < row.expires_at and row.tries < TRIES


class _Refused(Exception):  # noqa: N818 - it is an answer, which undoes the transaction
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def _pay(db: OrmSession, request: Request, now: datetime) -> None:
    """Count one message to the authority and month; refused where it would cost more than was decided."""
    hotspot = db.get_one(models.Hotspot, request.hotspot_id)
    most = hotspot.authority.sms_monthly_grosze or 0
    insert = _INSERT[db.get_bind().dialect.name]
    month = {"authority_id": hotspot.authority_id, "month": _month(now), "channel": request.channel.value}
    db.execute(insert(CodeSpending).values(**month, messages=0, grosze=0).on_conflict_do_nothing())
    _spend(db, request, now, messages=1, grosze=request.price_grosze)
    spent = db.get_one(CodeSpending, tuple(month.values())).grosze
    if request.channel is Channel.SMS and spent > most:
        raise _Refused(Refusal.MONEY_SPENT)


def _spend(db: OrmSession, request: Request, now: datetime, *, messages: int, grosze: int) -> None:
    authority = db.get_one(models.Hotspot, request.hotspot_id).authority_id
    changed = {
        CodeSpending.messages: CodeSpending.messages + messages,
        CodeSpending.grosze: CodeSpending.grosze + grosze,
    }
    ours = (CodeSpending.authority_id == authority, CodeSpending.month == _month(now))
    db.execute(update(CodeSpending).where(*ours, CodeSpending.channel == request.channel.value).values(changed))


def _month(now: datetime) -> str:
    return now.astimezone(WARSAW).strftime("%Y-%m")
