"""Placing and lifting legal holds (:mod:`hotspots.legal_holds`), from the command line and at a desk."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, mac
from hotspots.errors import HotspotsError
from hotspots.legal_holds import Kind
from hotspots.models import LegalHold, Session, Voucher
from hotspots.sessions.usage_window import WARSAW

USUAL: Final = timedelta(days=90)
"""The longest that article 218a allows; another law may allow more."""


class HoldFault(StrEnum):
    """What is wrong with an order to hold records, or to lift a hold."""

    NO_ADDRESS = "no_address"
    NOTHING_THERE = "nothing_there"
    NAMES_NOBODY = "names_nobody"
    NO_REASON = "no_reason"
    NO_NAME = "no_name"
    OVER = "over"
    NO_HOLD = "no_hold"


class HoldError(HotspotsError):
    """An order that cannot be followed; nothing was changed. ``fault`` says why."""

    def __init__(self, fault: HoldFault, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.fault = fault


def end_of(last_day: date | None, now: datetime) -> datetime:
    """When a hold is over whose last day, of Warsaw, is this one; without a day, the usual time from now."""
    if last_day is None:
        return now + USUAL
    if last_day == date.max:
        # "For good", as people write it: there is no day after it.
        return datetime.combine(last_day, time.max, WARSAW).astimezone(now.tzinfo)
    return datetime.combine(last_day + timedelta(days=1), time(), WARSAW).astimezone(now.tzinfo)


def prepare(
    db: OrmSession, kind: Kind, typed: str, *, reason: str, ordered_by: str, until: datetime, now: datetime
) -> LegalHold:
    """The hold that such an order would make, of a session, a device or a voucher; nothing is written.

    Raises:
        HoldError: There is no such session or voucher, or its names are erased already; it is no MAC address;
            ``until`` is over; reason or name is empty.
    """
    reason = _said(reason, HoldFault.NO_REASON, "reason")
    ordered_by = _said(ordered_by, HoldFault.NO_NAME, "name of who ordered it")
    if until <= now:
        raise HoldError(HoldFault.OVER, "the hold would be over already", "give a day to come")
    subject = _subject(db, kind, typed)
    return LegalHold(
        kind=kind.value, subject=subject, reason=reason, ordered_by=ordered_by, placed_at=now, until=until
    )


def add(
    db: OrmSession,
    kind: Kind,
    typed: str,
    *,
    reason: str,
    ordered_by: str,
    until: datetime,
    placed_by: str,
    now: datetime,
) -> LegalHold:
    """Hold the records of a session, a device or a voucher from now to ``until``.

    The audit log names a device by the hold's number alone, since the log is kept for longer than the device may be.

    Raises:
        HoldError: As of :func:`prepare`.
    """
    hold = prepare(db, kind, typed, reason=reason, ordered_by=ordered_by, until=until, now=now)
    db.add(hold)
    db.flush()
    detail = {
        "kind": hold.kind,
        "reason": hold.reason,
        "ordered_by": hold.ordered_by,
        "until": hold.until.isoformat(),
    }
    if kind is not Kind.DEVICE:
        detail["of"] = hold.subject
    audit.append(db, actor=placed_by, action="hold.add", subject=f"hold {hold.id}", now=now, detail=detail)
    return hold


def lift(db: OrmSession, number: int, *, reason: str, lifted_by: str, now: datetime) -> None:
    """End a hold before its time; what it covered is erased as soon as it would have been.

    Raises:
        HoldError: There is no such hold, or it is over; the reason is empty.
    """
    reason = _said(reason, HoldFault.NO_REASON, "reason")
    # Locked where the database can: of two who lift it, the second is told.
    hold = db.get(LegalHold, number_of(str(number)), with_for_update=True)
    if hold is None or hold.until <= now:
        message, hint = f"there is no hold {number}", "`hotspots hold list` shows those in force"
        raise HoldError(HoldFault.NO_HOLD, message, hint)
    db.delete(hold)
    audit.append(
        db, actor=lifted_by, action="hold.lift", subject=f"hold {number}", now=now, detail={"reason": reason}
    )


def _subject(db: OrmSession, kind: Kind, typed: str) -> str:
    if kind is Kind.DEVICE:
        device = mac.normalise(typed)
        if device is None:
            raise HoldError(HoldFault.NO_ADDRESS, f"{typed!r} is no MAC address", "write it as aa:bb:cc:dd:ee:ff")
        return device
    number = number_of(typed)
    row = db.get(Session if kind is Kind.SESSION else Voucher, number)
    if row is None:
        message, hint = f"there is no {kind} {typed}", "give the number that the dashboard shows"
        raise HoldError(HoldFault.NOTHING_THERE, message, hint)
    if isinstance(row, Session) and row.device is None and row.user_name is None and row.framed_ip is None:
        message = f"session {number} names nobody any more"
        raise HoldError(HoldFault.NAMES_NOBODY, message, "there is nothing left to hold")
    return str(number)


def number_of(typed: str) -> int:
    """The number of a session or voucher as it was typed; 0, which none has, where it is no number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0


def _said(text: str, fault: HoldFault, what: str) -> str:
    text = " ".join(text.split())
    if not text or not text.isprintable():
        raise HoldError(fault, f"the {what} is missing", "write it down in words: it stands in the audit log")
    return text
