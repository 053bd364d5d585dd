"""Our own Class attribute (RFC 2865, section 5.25): what an Accept granted, for accounting to echo.

It names the session with a random number of our own, since gateways use their Acct-Session-Ids again, and it carries
the grant, so that any worker knows it after a restart without asking the database. It is authenticated: a gateway
that invents one is treated as if it had sent none.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from hotspots.keyed_digest import hmac_sha256
from hotspots.policy import Limits, Subject, SubjectKind

_PREFIX = b"ph1."
_FORM = struct.Struct(">12sHBIIQ")  # session, plan, kind of subject, its number, seconds, octets
_URL_SAFE = bytes.maketrans(b"+/", b"-_")  # RFC 4648 section 5
_TAG_OCTETS = 8
_RANDOM_OCTETS = 8
_KINDS = (SubjectKind.DEVICE, SubjectKind.VOUCHER, SubjectKind.RESIDENT, SubjectKind.KIOSK)


class SessionClass(Struct, frozen=True, array_like=True, gc=False):
    """What the Class of one login says. A device as subject has an empty key: the packet names the device."""

    session: str
    subject: Subject
    plan_id: int
    limit_seconds: int | None
    limit_octets: int | None


class SessionNumbers:
    """New session numbers: 24 hexadecimal digits, the seconds since 1970 and 64 random bits.

    The time stands first so that sessions of the same minutes stand side by side in the database's index; the
    random octets are drawn in advance, since a system call for each login cost a tenth of its time.
    """

    def __init__(self) -> None:
        self._drawn = b""
        self._used = 0
        self._now: datetime | None = None
        self._time = ""

    def new(self, now: datetime) -> str:
        """A number that nobody has been given."""
        if self._used >= len(self._drawn):
            self._drawn, self._used = secrets.token_bytes(512 * _RANDOM_OCTETS), 0
        start, self._used = self._used, self._used + _RANDOM_OCTETS
        if now is not self._now:  # it is the same one for all logins that were read in one go
            self._now, self._time = now, int(now.timestamp()).to_bytes(4, "big").hex()
        return self._time + self._drawn[start : self._used].hex()


def new(number: str, subject: Subject, plan_id: int, limits: Limits) -> SessionClass:
    """A Class for a login that is being accepted, with a number of :class:`SessionNumbers`."""
    return SessionClass(number, subject, plan_id, limits.session_seconds, limits.total_octets)


def encode(key: bytes, value: SessionClass) -> bytes:
    """The attribute's value: 56 octets of printable ASCII, since some gateways take Class for text."""
    number = 0 if value.subject.kind is SubjectKind.DEVICE else int(value.subject.key)
    packed = _FORM.pack(
        bytes.fromhex(value.session),
        value.plan_id,
        _KINDS.index(value.subject.kind),
        number,
        value.limit_seconds or 0,
        value.limit_octets or 0,
    )
    text = binascii.b2a_base64(packed + _tag(key, packed), newline=False)
    return _PREFIX + text.translate(_URL_SAFE, b"=")


def decode(key: bytes, value: bytes, device: str | None) -> SessionClass | None:
    """What an echoed Class says, None where it is not one of ours or was tampered with."""
    return _decode(key, value, device) if value.startswith(_PREFIX) else None


@lru_cache(maxsize=16_384)  # each report of a session echoes the same one
def _decode(key: bytes, value: bytes, device: str | None) -> SessionClass | None:
    text = value[len(_PREFIX) :]
    try:
        octets = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    packed, tag = octets[: _FORM.size], octets[_FORM.size :]
    if len(packed) != _FORM.size or not hmac.compare_digest(tag, _tag(key, packed)):
        return None
    session, plan_id, kind, number, seconds, total_octets = _FORM.unpack(packed)
    subject_key = (device or "") if _KINDS[kind] is SubjectKind.DEVICE else str(number)
    return SessionClass(
        session.hex(), Subject(_KINDS[kind], subject_key), plan_id, seconds or None, total_octets or None
    )


def _tag(key: bytes, packed: bytes) -> bytes:
    return hmac_sha256(key, packed)[:_TAG_OCTETS]
