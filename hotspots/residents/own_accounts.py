"""Accounts that residents make and keep for themselves: a contact that they proved, and a password or none.

Signing up and a forgotten password are one thing: whoever proves the contact chooses the password.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr
from sqlalchemy import select

from hotspots import passwords
from hotspots.database import Database
from hotspots.models import AccessPoint, Account, Contact, DeviceGrant
from hotspots.policy import SubjectKind
from hotspots.residents import accounts, phone
from hotspots.residents.contacts import MADE_BY_RESIDENT, NO_PASSWORD, ContactBook

_NOT_OFTENER_THAN: Final = timedelta(days=1)


def find(database: Database, account_id: int) -> Account | None:
    """The account with this number; None where it has been deleted."""
    with database.read() as db:
        return db.get(Account, account_id)


def sign_in(database: Database, typed: str, password: SecretStr, good_for: timedelta, now: datetime) -> int | None:
    """The number of the account with this name and password; None where there is none, after as long a time.

    A phone number is a name however it is typed. An account that a resident made is good for ``good_for`` from now.
    """
    with database.read() as db:
        account = db.scalars(select(Account).where(Account.name.in_(_names(typed))).limit(1)).first()
    password_hash = passwords.nobodys_hash() if account is None else account.password_hash
    if not passwords.verify(password_hash, password) or account is None:
        return None
    keep(database, account, good_for, now)
    return account.id


def keep(database: Database, account: Account, good_for: timedelta, now: datetime) -> None:
    """An account that a resident made was used: it is good for ``good_for`` from now."""
    until = now + good_for
    if account.created_by == MADE_BY_RESIDENT and account.expires_at < until - _NOT_OFTENER_THAN:
        with database.write() as db:
            db.get_one(Account, account.id).expires_at = until


def name_of(database: Database, book: ContactBook, account_id: int) -> str:
    """What an account is, or will be, named whose contact was proved."""
    newest = select(Contact).where(Contact.account_id == account_id).order_by(Contact.proved_at.desc()).limit(1)
    with database.read() as db:
        account, contact = db.get_one(Account, account_id), db.scalars(newest).one()
    nameless = account.created_by == MADE_BY_RESIDENT and account.name.startswith(f"{contact.channel}:")
    return book.open(contact.sealed) if nameless else account.name


def choose_password(
    database: Database, book: ContactBook, account_id: int, password: SecretStr, good_for: timedelta, now: datetime
) -> None:
    """Give the account of a contact that was just proved this password; its name is the contact, unless it has one.

    Raises:
        HotspotsError: The password will not do.
    """
    name = name_of(database, book, account_id)
    password_hash = accounts.hashed(name, password)
    with database.write() as db:
        account = db.get_one(Account, account_id)
        account.name, account.password_hash = name, password_hash
        if account.created_by == MADE_BY_RESIDENT:
            account.expires_at = max(account.expires_at, now + good_for)


def _names(typed: str) -> list[str]:
    """What the account may be named of whoever typed this; the second is for phone numbers of any country."""
    number = phone.normalise(typed, phone.EVERYWHERE)
    return [name for name in (accounts.normalise(typed), number) if name is not None]


def of_device(database: Database, device: str, now: datetime) -> Account | None:
    """The account that a remembered device counts for; None where it is not remembered, or is for a voucher.

    A device that counts for itself gets an account without name and password, as good as its grant, and counts for that
    from its next login on: so somebody stays the same whatever address their phone makes up.
    """
    with database.write() as db:
        grant = db.get(DeviceGrant, device, with_for_update=True)
        if grant is None or grant.blocked_at is not None or grant.expires_at <= now:
            return None
        if grant.subject_kind == SubjectKind.RESIDENT:
            return db.get(Account, int(grant.subject_key))
        if grant.subject_kind != SubjectKind.DEVICE:
            return None
        account = Account(
            name=f"device:{secrets.token_hex(12)}",
            authority_id=db.get_one(AccessPoint, grant.access_point_id).hotspot.authority_id,
            plan_id=grant.plan_id,
            password_hash=NO_PASSWORD,
            created_at=now,
            created_by=MADE_BY_RESIDENT,
            expires_at=grant.expires_at,
        )
        db.add(account)
        db.flush()
        grant.subject_kind, grant.subject_key = SubjectKind.RESIDENT.value, str(account.id)
        return account
