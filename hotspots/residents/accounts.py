"""Accounts: a resident's name and password, with the plan of whoever gave it; its number is what quotas count for."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from pydantic import SecretStr
from sqlalchemy import delete as delete_rows
from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.sql.elements import ColumnElement

from hotspots import audit, legal_holds, mac, passwords, vouchers
from hotspots.errors import HotspotsError
from hotspots.logins.tickets import is_ticket
from hotspots.models import Account, Authority, Change, DeviceGrant, ServicePlan, Session
from hotspots.policy import SubjectKind
from hotspots.sessions import disconnects
from hotspots.vouchers import CodeFault, FaultKind

LEAST_CHARACTERS: Final = 10
MOST_PASSWORD_OCTETS: Final = 128
"""What a User-Password holds (RFC 2865 section 5.2)."""

MOST_NAME_OCTETS: Final = 253
"""What a User-Name holds (RFC 2865 section 5.1)."""


def normalise(name: str) -> str | None:
    """The name as it is kept: in small letters, composed, without blanks around it; None where it can be nobody's.

    A name has no blanks or control characters inside, and is no MAC address, voucher code or ticket: those are
    looked for in their own places.
    """
    normal = _folded(name)
    if not normal or len(normal.encode()) > MOST_NAME_OCTETS or _folded(normal) != normal:
        return None
    if not normal.isprintable() or any(sign.isspace() for sign in normal):
        return None
    return None if mac.normalise(normal) or is_ticket(normal) or _is_like_a_voucher(normal) else normal


def hashed(name: str, password: SecretStr) -> str:
    """The hash of a new password for the account with this name, made before a transaction keeps others waiting.

    Length counts, what it is made of does not (NIST SP 800-63B, 5.1.1.2).

    Raises:
        HotspotsError: The password will not do.
    """
    normal = passwords.normal(password)
    if len(normal) < LEAST_CHARACTERS:
        raise HotspotsError("the password is too short", hint=f"take at least {LEAST_CHARACTERS} characters")
    # What is typed is what a gateway has to carry.
    if len(password.get_secret_value().encode()) > MOST_PASSWORD_OCTETS:
        raise HotspotsError("the password is too long", hint=f"RADIUS carries {MOST_PASSWORD_OCTETS} octets")
    if not normal.isprintable():
        raise HotspotsError("the password has control characters", hint="take what a phone can type")
    if _folded(name) in normal.casefold():
        raise HotspotsError("the password has the name in it", hint="take one that nobody guesses from the name")
    return passwords.hashed(password)


def add(
    db: OrmSession,
    *,
    name: str,
    password_hash: str,
    plan: ServicePlan,
    authority: Authority,
    expires_at: datetime,
    added_by: str,
    now: datetime,
) -> Account:
    """A new account, good until ``expires_at``; ``password_hash`` is of :func:`hashed`.

    Raises:
        HotspotsError: The name can be nobody's or is taken.
    """
    normal = _taken_as(name)
    if db.scalar(select(Account.id).where(Account.name == normal)) is not None:
        raise HotspotsError(f"there is an account {normal} already", hint="choose another name")
    if expires_at <= now:
        raise HotspotsError("the account would be over from the start", hint="give it at least a day")
    account = Account(
        name=normal,
        authority=authority,
        plan=plan,
        password_hash=password_hash,
        created_at=now,
        created_by=added_by,
        expires_at=expires_at,
    )
    db.add(account)
    db.flush()
    detail = {"plan": plan.slug, "authority": authority.slug}
    _write_down(db, account, "account.add", added_by, now, detail)
    return account


def find(db: OrmSession, name: str) -> Account:
    """The account with this name, however it is written.

    Raises:
        HotspotsError: There is none.
    """
    account = db.scalar(select(Account).where(Account.name == (normalise(name) or "")))
    if account is None:
        raise HotspotsError(f"there is no account {name}", hint="see: hotspots account list")
    return account


def set_password(db: OrmSession, account: Account, password_hash: str, *, set_by: str, now: datetime) -> None:
    """Take a new password; the old one is worth nothing as soon as the workers have read it, within a second."""
    account.password_hash = password_hash
    _write_down(db, account, "account.password", set_by, now)


def extend(db: OrmSession, account: Account, expires_at: datetime, *, extended_by: str, now: datetime) -> None:
    """Let the account end at another time."""
    account.expires_at = expires_at
    _write_down(db, account, "account.extend", extended_by, now)


def block(db: OrmSession, account: Account, *, blocked_by: str, now: datetime) -> int:
    """Let nobody in with this account from now on, and ask for the end of its open sessions; returns how many."""
    if account.blocked_at is None:
        account.blocked_at = now
        _write_down(db, account, "account.block", blocked_by, now)
    return _end_sessions(db, account, blocked_by, now)


def unblock(db: OrmSession, account: Account, *, unblocked_by: str, now: datetime) -> None:
    """Let the account in again."""
    if account.blocked_at is not None:
        account.blocked_at = None
        _write_down(db, account, "account.unblock", unblocked_by, now)


def delete(db: OrmSession, account: Account, *, deleted_by: str, now: datetime) -> int:
    """Delete the account and the devices remembered for it, and ask for the end of its open sessions.

    Its name goes from the sessions, too: at once where they have ended, otherwise soon after they do
    (:mod:`hotspots.jobs.old_accounts`). What is left of them is a number that nobody can tie to a person any more,
    and the device, which stay for the days that the authority decided on (GDPR art. 17 (3) (b)).

    Returns:
        How many sessions are asked to end.

    Raises:
        HotspotsError: A legal hold covers it.
    """
    if legal_holds.held(db, now).covers_account(db, account):
        raise HotspotsError(
            f"a legal hold covers account {account.name}",
            hint="block it instead; `hotspots hold list` has the hold",
        )
    ending = _end_sessions(db, account, deleted_by, now)
    db.execute(update(Session).where(_sessions_of(account), Session.stopped_at.is_not(None)).values(user_name=None))
    devices = db.scalars(
        delete_rows(DeviceGrant)
        .where(DeviceGrant.subject_kind == SubjectKind.RESIDENT.value, DeviceGrant.subject_key == str(account.id))
        .returning(DeviceGrant.device)
    ).all()
    db.add_all(Change(topic="grants", key=device, at=now) for device in devices)
    _write_down(db, account, "account.delete", deleted_by, now)
    db.delete(account)
    return ending


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def _is_like_a_voucher(name: str) -> bool:
    """Whether it is a voucher's code, right or with a slip of the finger."""
    code = vouchers.normalise(name)
    return not isinstance(code, CodeFault) or code.kind is FaultKind.CHECK


def _taken_as(name: str) -> str:
    normal = normalise(name)
    if normal is None:
        raise HotspotsError(
            f"{name!r} cannot be the name of an account",
            hint=f"take an e-mail address or another word without blanks, of at most {MOST_NAME_OCTETS} octets,"
            " that is no MAC address and cannot be mistaken for a voucher",
        )
    return normal


def _sessions_of(account: Account) -> ColumnElement[bool]:
    resident = Session.subject_kind == SubjectKind.RESIDENT.value
    return resident & (Session.subject_key == str(account.id))


def _end_sessions(db: OrmSession, account: Account, asked_by: str, now: datetime) -> int:
    open_ones = db.scalars(select(Session).where(_sessions_of(account), Session.stopped_at.is_(None))).all()
    for session in open_ones:
        disconnects.ask(db, session, asked_by=asked_by, now=now)
    return len(open_ones)


def _write_down(
    db: OrmSession,
    account: Account,
    action: str,
    actor: str,
    now: datetime,
    detail: dict[str, str] | None = None,
) -> None:
    # By its number: the log is never emptied, and a name must be gone when its owner wants it gone.
    audit.append(db, actor=actor, action=action, subject=f"account {account.id}", now=now, detail=detail)
