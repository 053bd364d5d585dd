"""Phone numbers and e-mail addresses: codes on their way to them, those that were proved, and what codes cost.

Here alone stands whom the number of an account belongs to. It is encrypted under a key of its own, and found by a
keyed digest; sessions know the number of the account and nothing of this.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.models.base import Base


class SentCode(Base):
    """A code that was sent; kept for a day, since that is what its limits count over.

    ``channel`` is ``sms`` or ``email``, ``purpose`` what the code is for. The code itself is kept as a keyed digest.
    """

    __tablename__ = "sent_codes"
    __table_args__ = (
        Index("ix_sent_codes_contact_digest_sent_at", "contact_digest", "sent_at"),
        Index("ix_sent_codes_device_sent_at", "device", "sent_at"),
        Index("ix_sent_codes_hotspot_id_sent_at", "hotspot_id", "sent_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    purpose: Mapped[str]
    contact_digest: Mapped[bytes]
    sealed_contact: Mapped[bytes]
    code_digest: Mapped[bytes]
    device: Mapped[str]
    hotspot_id: Mapped[int] = mapped_column(ForeignKey("hotspots.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    proved_at: Mapped[datetime | None]


class Contact(Base):
    """A phone number or an e-mail address that its holder proved, and the account that it is the key to.

    It goes with the account, which ends when nobody proved it again for a while.
    """

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    proved_at: Mapped[datetime]


class Passkey(Base):
    """A passkey of an account (W3C Web Authentication): the credential's id in base64url, and its public key (COSE)."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class CodeSpending(Base):
    """What an authority's codes of one month cost: how many were sent, and hundredths of a zloty."""

    __tablename__ = "code_spending"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(default=0)
    grosze: Mapped[int] = mapped_column(default=0)
