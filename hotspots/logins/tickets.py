"""Login tickets: a one-time permission to log in, from the portal to the gateway to RADIUS.

A ticket is self-contained. Its id is the User-Name: what the resident was given, until when, and keyed tags of the
device and the access point that it is bound to. Its password is derived from the id under the server's key, in
16 characters, which is the most that a gateway with one block of XOR can carry. So nothing secret is stored, CHAP
works, and a ticket verifies without the database.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from datetime import datetime, timedelta

from msgspec import Struct

from hotspots.keyed_digest import hmac_sha256
from hotspots.policy import Reason, Subject, SubjectKind, utc

LIFETIME = timedelta(minutes=2)
_PREFIX = "t1"
_PASSWORD_CHARACTERS = 16
# expiry, plan, kind of subject, its number, terms version, device tag, access point tag, nonce
_FORM = struct.Struct(">IHBIH4s4s6s")
_KINDS = (SubjectKind.DEVICE, SubjectKind.VOUCHER, SubjectKind.RESIDENT, SubjectKind.KIOSK)


class Ticket(Struct, frozen=True):
    """What a ticket says once it is verified: whom it counts for, the plan, and the terms that were accepted."""

    subject: Subject
    plan_id: int
    terms_version: int
    expires_at: datetime
    nonce: str


class TicketDesk:
    """Issues tickets and verifies them, under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "TicketDesk(***)"

    def issue(
        self, subject: Subject, plan_id: int, terms_version: int, device: str, access_point_id: int, now: datetime
    ) -> tuple[str, str]:
        """A new ticket: its id (46 characters, the User-Name) and its password (16 characters)."""
        number = 0 if subject.kind is SubjectKind.DEVICE else int(subject.key)
        packed = _FORM.pack(
            int((now + LIFETIME).timestamp()),
            plan_id,
            _KINDS.index(subject.kind),
            number,
            terms_version,
            self._tag("device", device),
            self._tag("access-point", str(access_point_id)),
            secrets.token_bytes(6),
        )
        ticket_id = _PREFIX + base64.b32encode(packed).decode().rstrip("=").lower()
        return ticket_id, self.password(ticket_id)

    def password(self, ticket_id: str) -> str:
        """The password that belongs to a ticket id: an HMAC-SHA256 under the server's key, in base 32."""
        digest = hmac_sha256(self._key, b"password:" + ticket_id.encode())
        return base64.b32encode(digest).decode()[:_PASSWORD_CHARACTERS].lower()

    def read(self, ticket_id: str, device: str | None, access_point_id: int, now: datetime) -> Ticket | Reason:
        """The ticket, or why it does not hold here.

        Only for an id whose password was checked: the password is what proves that the id is ours.
        """
        fields = _unpack(ticket_id)
        if fields is None:
            return Reason.TICKET_FORGED
        expiry, plan_id, kind, number, terms_version, device_tag, access_point_tag, nonce = fields
        expires_at = utc(expiry)
        if now >= expires_at:
            return Reason.TICKET_EXPIRED
        if not hmac.compare_digest(access_point_tag, self._tag("access-point", str(access_point_id))):
            return Reason.TICKET_OTHER_ACCESS_POINT
        if device is None or not hmac.compare_digest(device_tag, self._tag("device", device)):
            return Reason.TICKET_OTHER_DEVICE
        key = device if _KINDS[kind] is SubjectKind.DEVICE else str(number)
        return Ticket(Subject(_KINDS[kind], key), plan_id, terms_version, expires_at, nonce.hex())

    def _tag(self, purpose: str, value: str) -> bytes:
        return hmac_sha256(self._key, f"{purpose}:{value}".encode())[:4]


def is_ticket(user_name: str) -> bool:
    """Whether a User-Name has the form of a ticket; says nothing about whether it is one of ours."""
    return _unpack(user_name) is not None


def _unpack(ticket_id: str) -> tuple[int, int, int, int, int, bytes, bytes, bytes] | None:
    if not ticket_id.startswith(_PREFIX):
        return None
    text = ticket_id[len(_PREFIX) :].upper()
    try:
        packed = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(packed) != _FORM.size:
        return None
    fields = _FORM.unpack(packed)
    return fields if fields[2] < len(_KINDS) else None
