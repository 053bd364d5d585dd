"""Passwords that people choose: hashed slowly (argon2id), so that a stolen database does not give them away."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import SecretStr

# OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB of memory, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def normal(password: SecretStr) -> str:
    """The password as it is hashed and measured.

    Keyboards differ in how they compose ą: the same password must stay the same (NIST SP 800-63B, 5.1.1.2).
    """
    return unicodedata.normalize("NFKC", password.get_secret_value())


def normal_octets(sent: bytes) -> bytes:
    """As :func:`normal`, for a password as it came over a wire; what is no UTF-8 is nobody's and stays as it is."""
    if sent.isascii():
        return sent
    try:
        return unicodedata.normalize("NFKC", sent.decode()).encode()
    except UnicodeDecodeError:
        return sent


def hashed(password: SecretStr) -> str:
    """The hash to be kept, with its salt and its cost; takes tens of milliseconds of a processor and 19 MiB."""
    return _HASHER.hash(normal(password))


def verify(password_hash: str, password: SecretStr) -> bool:
    """Whether the hash was made from this password; costs as much as :func:`hashed`."""
    return verify_octets(password_hash, normal(password).encode())


def verify_octets(password_hash: str, password: bytes) -> bool:
    """As :func:`verify`, for a password that is normal already. Other threads go on meanwhile.

    Raises:
        VerificationError: It cannot be found out: there is no memory to hash in.
    """
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether hashes are made at another cost by now."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    """A hash that no password fits: what a name that nobody has is checked against, so that it takes as long."""
    return _HASHER.hash(secrets.token_urlsafe())
