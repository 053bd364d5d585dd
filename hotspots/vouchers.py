"""Vouchers: codes that are read off paper and typed on a phone, and what a voucher is still good for.

A code has 11 random characters of 31 (54 bits) and a check character. 31 is prime, so a sum with a different weight
for each place shows every single wrong character and every two that were swapped, wherever they stand.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots import audit
from hotspots.keyed_digest import hmac_sha256
from hotspots.models import Authority, ServicePlan, Voucher, VoucherBatch
from hotspots.policy import Person, Reason, Subject, SubjectKind
from hotspots.vault import Vault

# Digits and capitals without 0 and O, 1, I and L.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARACTERS: Final = 12
LIFETIME_SECONDS: Final = 24 * 3600
_GROUP: Final = 4
_CHARACTERS: Final = frozenset(ALPHABET)
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
# The check character has the weight 12: it makes the whole sum a multiple of 31.
_INVERSE_OF_LAST_WEIGHT: Final = pow(CODE_CHARACTERS, -1, len(ALPHABET))
_DIGEST_OCTETS: Final = 16
_IGNORED = str.maketrans("", "", " -\t\u00a0\u2010\u2011\u2012\u2013\u2014")


class FaultKind(StrEnum):
    """What is wrong with a code as it was typed."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A code that cannot be one of ours.

    Attributes:
        kind: A wrong number of characters, characters that no code has, or a check character that does not fit.
        length: How many characters were typed, blanks and dashes aside.
        characters: The characters that no code has, each once, in the order typed.
    """

    kind: FaultKind
    length: int
    characters: str = ""


class VoucherTerms(Protocol):
    """What there is to know of a voucher, its use aside; :class:`hotspots.logins.credentials.VoucherEntry` has it.

    ``expires_at`` is the last moment it is good for, used or not; ``lifetime_seconds`` run from ``first_used_at``;
    ``total_seconds`` and ``total_octets`` are its budgets over all its sessions, octets both ways together.
    """

    @property
    def id(self) -> int: ...  # noqa: D102 - the class says it
    @property
    def expires_at(self) -> datetime: ...  # noqa: D102
    @property
    def revoked_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def first_used_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def lifetime_seconds(self) -> int | None: ...  # noqa: D102
    @property
    def total_seconds(self) -> int | None: ...  # noqa: D102
    @property
    def total_octets(self) -> int | None: ...  # noqa: D102


def normalise(text: str) -> str | CodeFault:
    """The code as it is kept: 12 capitals and digits. Case, blanks and dashes do not count."""
    code = text.upper().translate(_IGNORED)
    if not _CHARACTERS.issuperset(code):
        strangers = "".join(dict.fromkeys(character for character in code if character not in _CHARACTERS))
        return CodeFault(FaultKind.CHARACTER, len(code), strangers)
    if len(code) != CODE_CHARACTERS:
        return CodeFault(FaultKind.LENGTH, len(code))
    if code[-1] != _check_character(code[:-1]):
        return CodeFault(FaultKind.CHECK, len(code))
    return code


def grouped(code: str) -> str:
    """The code as it is shown and printed: ``XXXX-XXXX-XXXX``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def digest(key: bytes, code: str) -> bytes:
    """What a normalised code is found by in the database: 16 octets of HMAC-SHA256.

    The key is the one for ``keys.VOUCHER_LOOKUP``.
    """
    return hmac_sha256(key, code.encode())[:_DIGEST_OCTETS]


def new_code() -> str:
    """A new random code, normalised."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS - 1))
    return payload + _check_character(payload)


def create_batch(
    session: Session,
    vault: Vault,
    key: bytes,
    *,
    plan: ServicePlan,
    authority: Authority,
    count: int,
    created_by: str,
    now: datetime,
    expires_at: datetime,
    lifetime_seconds: int | None = LIFETIME_SECONDS,
    total_seconds: int | None = None,
    total_octets: int | None = None,
) -> list[str]:
    """Make ``count`` vouchers; returns their codes, normalised. What limits them is said at :class:`VoucherTerms`.

    Raises:
        ValueError: Nothing to make, or vouchers that would be no good from the start.
    """
    if count < 1 or expires_at <= now:
        raise ValueError("a batch needs at least one voucher, and a future to be used in")
    batch = VoucherBatch(
        plan_id=plan.id,
        authority_id=authority.id,
        created_at=now,
        created_by=created_by,
        expires_at=expires_at,
        lifetime_seconds=lifetime_seconds,
        total_seconds=total_seconds,
        total_octets=total_octets,
    )
    codes = [new_code() for _ in range(count)]
    batch.vouchers = [
        Voucher(code_digest=digest(key, code), sealed_code=vault.seal(SecretStr(code))) for code in codes
    ]
    session.add(batch)
    session.flush()
    audit.append(
        session,
        actor=created_by,
        action="voucher.create",
        subject=f"batch {batch.id}",
        now=now,
        detail={"plan": plan.slug, "authority": authority.slug, "count": count},
    )
    return codes


def find(session: Session, key: bytes, code: str) -> Voucher | None:
    """The voucher with this normalised code."""
    return session.scalar(select(Voucher).where(Voucher.code_digest == digest(key, code)))


def revoke(session: Session, voucher: Voucher, *, revoked_by: str, now: datetime) -> bool:
    """Make a voucher worthless from now on; False where it was revoked before, and stays so from then."""
    if voucher.revoked_at is not None:
        return False
    voucher.revoked_at = now
    audit.append(session, actor=revoked_by, action="voucher.revoke", subject=f"voucher {voucher.id}", now=now)
    return True


class Spent(Struct, frozen=True, gc=False):
    """What was used of a budget, and what other devices that are online now may still use of it."""

    seconds: int = 0
    octets: int = 0
    seconds_held: int = 0
    octets_held: int = 0


def person_of(voucher: VoucherTerms, spent: Spent, now: datetime) -> Person:
    """Whom a login with this voucher counts for, and what stands against it at ``now``.

    What other devices hold is not left for this one, so that two are never both given the whole remainder.
    """
    valid_until = _valid_until(voucher, now)
    seconds_left = _left(voucher.total_seconds, spent.seconds + spent.seconds_held)
    octets_left = _left(voucher.total_octets, spent.octets + spent.octets_held)
    refusal = None
    if voucher.revoked_at is not None:
        refusal = Reason.VOUCHER_REVOKED
    elif now >= valid_until:
        refusal = Reason.VOUCHER_EXPIRED
    elif seconds_left == 0 or octets_left == 0:
        used_up = _left(voucher.total_seconds, spent.seconds) == 0 or _left(voucher.total_octets, spent.octets) == 0
        refusal = Reason.VOUCHER_USED_UP if used_up else Reason.HELD_BY_ANOTHER_DEVICE
    return Person(
        Subject(SubjectKind.VOUCHER, str(voucher.id)),
        refusal=refusal,
        valid_until=valid_until,
        seconds_left=seconds_left,
        octets_left=octets_left,
    )


def _valid_until(voucher: VoucherTerms, now: datetime) -> datetime:
    if voucher.lifetime_seconds is None:
        return voucher.expires_at
    # A voucher that nobody has used yet is used now, if at all.
    since = voucher.first_used_at or now
    return min(voucher.expires_at, since + timedelta(seconds=voucher.lifetime_seconds))


def _left(total: int | None, used: int) -> int | None:
    return None if total is None else max(0, total - used)


def _check_character(payload: str) -> str:
    weighted = sum(place * _VALUES[character] for place, character in enumerate(payload, start=1))
    return ALPHABET[-weighted * _INVERSE_OF_LAST_WEIGHT % len(ALPHABET)]
