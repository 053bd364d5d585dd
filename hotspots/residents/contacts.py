"""Contacts: phone numbers and e-mail addresses that their holders proved, each the key to an account without password.

An account made for a contact has a random name and no password; what it is the account of stands in the table of
contacts alone, encrypted, and goes with it (:mod:`hotspots.jobs.old_accounts`).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import keys, models
from hotspots.keyed_digest import hmac_sha256
from hotspots.vault import Vault

MADE_BY_RESIDENT: Final = "resident"
"""Whom an account is made by that nobody on the staff made."""

NO_PASSWORD: Final = "!"  # noqa: S105 - a hash that no password has
_LEAST: Final = timedelta(days=1)


class Channel(StrEnum):
    """How a contact is reached."""

    SMS = "sms"
    EMAIL = "email"


class ContactBook:
    """Finds and keeps contacts, under two keys of its own: one to find them by, one to read them with."""

    def __init__(self, secret_key: SecretStr) -> None:
        self._lookup_key = keys.derive(secret_key, keys.CONTACT_LOOKUP)
        self._vault = Vault(keys.derive(secret_key, keys.CONTACTS_AT_REST))

    def __repr__(self) -> str:
        return "ContactBook(***)"

    def digest(self, channel: Channel, contact: str) -> bytes:
        """What a normalised contact is found by: 32 octets."""
        return hmac_sha256(self._lookup_key, f"{channel}:{contact}".encode())

    def seal(self, contact: str) -> bytes:
        """The contact, encrypted."""
        return self._vault.seal(SecretStr(contact))

    def open(self, sealed: bytes) -> str:
        """The contact again."""
        return self._vault.open(sealed).get_secret_value()

    def find(self, db: OrmSession, channel: Channel, contact: str) -> models.Contact | None:
        """The contact that was proved before, None where it was not or its account is gone."""
        return db.scalar(select(models.Contact).where(models.Contact.digest == self.digest(channel, contact)))

    def account_of(
        self, db: OrmSession, channel: Channel, contact: str, hotspot: models.Hotspot, now: datetime
    ) -> models.Account:
        """The account of a contact that was proved just now, made where there is none; good for a while from now.

        For how long is what the plan of the hotspot says of remembering, a day at least. Where staff made an account
        with the contact as its name, it is that one, and as good as they said.
        """
        until = now + max(timedelta(seconds=hotspot.plan.remember_seconds or 0), _LEAST)
        known = self.find(db, channel, contact)
        if known is None:
            named = db.scalar(select(models.Account).where(models.Account.name == contact))
            account = named or self._add(db, channel, hotspot, until, now)
            digest, sealed = self.digest(channel, contact), self.seal(contact)
            db.add(
                models.Contact(account_id=account.id, channel=channel, digest=digest, sealed=sealed, proved_at=now)
            )
            return account
        known.proved_at = now
        account = db.get_one(models.Account, known.account_id)
        if account.created_by == MADE_BY_RESIDENT:
            account.expires_at = max(account.expires_at, until)
            account.plan_id = hotspot.plan_id
        return account

    def _add(
        self, db: OrmSession, channel: Channel, hotspot: models.Hotspot, until: datetime, now: datetime
    ) -> models.Account:
        account = models.Account(
            name=f"{channel}:{secrets.token_hex(12)}",
            authority_id=hotspot.authority_id,
            plan_id=hotspot.plan_id,
            password_hash=NO_PASSWORD,
            created_at=now,
            created_by=MADE_BY_RESIDENT,
            expires_at=until,
        )
        db.add(account)
        db.flush()
        return account
