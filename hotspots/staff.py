"""Members of staff: their passwords, signing in, and whose hotspots they see."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotspots import audit, passwords, vouchers
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import Authority, StaffMember

FAILURES_BEFORE_LOCK: Final = 5
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(minutes=15)
_LEAST_CHARACTERS = 12
_MOST_CHARACTERS = 200
_FIRST_PASSWORD_CHARACTERS = 16


class Role(StrEnum):
    """What a member of staff may do, in the authorities that they see."""

    ADMINISTRATOR = "administrator"
    TECHNICIAN = "technician"
    CLERK = "clerk"


class PasswordFault(StrEnum):
    """Why a new password is not taken."""

    CURRENT_WRONG = "current_wrong"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNCHANGED = "unchanged"
    LIKE_THE_NAME = "like_the_name"


def add(
    session: Session, *, name: str, role: Role, authority: Authority, added_by: str, now: datetime
) -> tuple[StaffMember, SecretStr]:
    """A new member of staff, and the random first password, which must be changed at the first login.

    Raises:
        HotspotsError: The name is empty, has control characters, or is taken.
    """
    name = _normal(name)
    if not name or not name.isprintable():
        raise HotspotsError(f"{name!r} is no name", hint="give a name without line breaks, such as jan.kowalski")
    if session.scalar(select(StaffMember.id).where(StaffMember.name == name)) is not None:
        raise HotspotsError(f"there is a member of staff named {name} already", hint="choose another name")
    password = _first_password()
    member = StaffMember(
        name=name,
        role=role.value,
        authority_id=authority.id,
        password_hash=passwords.hashed(password),
        must_change_password=True,
        created_at=now,
    )
    session.add(member)
    detail = {"role": role.value, "authority": authority.slug}
    audit.append(session, actor=added_by, action="staff.add", subject=name, now=now, detail=detail)
    return member, password


def find(session: Session, name: str) -> StaffMember:
    """The member of staff with this name, disabled or not, with their authority.

    Raises:
        HotspotsError: There is none.
    """
    by_name = select(StaffMember).where(StaffMember.name == _normal(name))
    member = session.scalar(by_name.options(joinedload(StaffMember.authority)))
    if member is None:
        raise HotspotsError(f"there is no member of staff named {name}", hint="see: hotspots staff list")
    return member


def give_new_password(session: Session, member: StaffMember, *, given_by: str, now: datetime) -> SecretStr:
    """A new first password for somebody who lost theirs; it ends what they have open, and a lock."""
    password = _first_password()
    member.password_hash = passwords.hashed(password)
    member.must_change_password = True
    member.failed_logins = 0
    member.locked_until = None
    audit.append(session, actor=given_by, action="staff.new_password", subject=member.name, now=now)
    return password


def disable(session: Session, member: StaffMember, *, disabled_by: str, now: datetime) -> None:
    """Let somebody in no more, and end what they have open; what they did stays under their name."""
    if member.disabled_at is None:
        member.disabled_at = now
        audit.append(session, actor=disabled_by, action="staff.disable", subject=member.name, now=now)


def enable(session: Session, member: StaffMember, *, enabled_by: str, now: datetime) -> None:
    """Let somebody who was disabled in again, with the password that they had."""
    if member.disabled_at is not None:
        member.disabled_at = None
        audit.append(session, actor=enabled_by, action="staff.enable", subject=member.name, now=now)


def sign_in(database: Database, name: str, password: SecretStr, now: datetime) -> StaffMember | None:
    """The member of staff with this name and password, with their authority; None where it is not to be.

    The answer and the hashing are the same for a name that nobody has, a wrong password, and somebody who is locked
    out or disabled, so that names cannot be found out. Each attempt is counted before it is checked: many at once
    get no further than one after the other. The hashing holds no transaction.
    """
    attempt = _begin_attempt(database, name, now)
    right = passwords.verify(attempt.password_hash if attempt else passwords.nobodys_hash(), password)
    if attempt is None or not right:
        return None
    with database.write() as session:
        member = session.get_one(StaffMember, attempt.id, options=[joinedload(StaffMember.authority)])
        member.failed_logins = 0
        member.locked_until = None
        if passwords.is_outdated(member.password_hash):
            member.password_hash = passwords.hashed(password)
        return member


def change_password(
    database: Database, member_id: int, current: SecretStr, new: SecretStr, now: datetime
) -> PasswordFault | None:
    """Take a new password from somebody who is signed in; returns why not, or None when it is done."""
    with database.read() as session:
        member = session.get_one(StaffMember, member_id)
    fault = password_fault(member.name, current, new)
    if fault is None and not passwords.verify(member.password_hash, current):
        fault = PasswordFault.CURRENT_WRONG
    if fault is not None:
        return fault
    new_hash = passwords.hashed(new)
    with database.write() as session:
        member = session.get_one(StaffMember, member_id)
        member.password_hash = new_hash
        member.must_change_password = False
        audit.append(session, actor=member.name, action="staff.password", subject=member.name, now=now)
    return None


def password_fault(name: str, current: SecretStr, new: SecretStr) -> PasswordFault | None:
    """What speaks against a new password: length counts, what it is made of does not (NIST SP 800-63B, 5.1.1.2)."""
    password = passwords.normal(new)
    if len(password) < _LEAST_CHARACTERS:
        return PasswordFault.TOO_SHORT
    if len(password) > _MOST_CHARACTERS:
        return PasswordFault.TOO_LONG
    if password == passwords.normal(current):
        return PasswordFault.UNCHANGED
    if name.casefold() in password.casefold():
        return PasswordFault.LIKE_THE_NAME
    return None


def authority_ids_visible(member: StaffMember) -> frozenset[int] | None:
    """Whose hotspots they see: None for all (members of the powiat), otherwise their own authority's."""
    return None if member.authority.kind == "powiat" else frozenset({member.authority_id})


def lock_until(failed_logins: int, now: datetime) -> datetime | None:
    """Until when so many failures in a row lock an account: a minute after the fifth, then twice as long each."""
    beyond = failed_logins - FAILURES_BEFORE_LOCK
    if beyond < 0:
        return None
    # 1 << 10 minutes are past the longest already.
    return now + min(_FIRST_LOCK * (1 << min(beyond, 10)), _LONGEST_LOCK)


def _begin_attempt(database: Database, name: str, now: datetime) -> StaffMember | None:
    """Whose password is to be checked; the attempt counts as failed until it has succeeded."""
    with database.write() as session:
        by_name = select(StaffMember).where(StaffMember.name == _normal(name))
        member = session.scalar(by_name.with_for_update())
        if member is None or member.disabled_at is not None:
            return None
        if member.locked_until is not None and now < member.locked_until:
            return None
        member.failed_logins += 1
        member.locked_until = lock_until(member.failed_logins, now)
        if member.locked_until is not None:
            audit.append(session, actor=member.name, action="staff.locked", subject=member.name, now=now)
        return member


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def _first_password() -> SecretStr:
    characters = "".join(secrets.choice(vouchers.ALPHABET) for _ in range(_FIRST_PASSWORD_CHARACTERS))
    return SecretStr(vouchers.grouped(characters))
