"""HMAC-SHA256 (RFC 2104) under keys that are used again and again."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

_BLOCK: Final = 64  # of SHA-256, in octets
_INNER_PAD: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD: Final = bytes(octet ^ 0x5C for octet in range(256))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """The digest, 32 octets: what ``hmac.digest`` gives.

    That one prepares the key anew each time, and gives the lock of the interpreter away meanwhile, which costs a
    thread that answers packets more than the digest itself.
    """
    prepared_inner, prepared_outer = _prepared(key)
    inner = prepared_inner.copy()
    inner.update(message)
    outer = prepared_outer.copy()
    outer.update(inner.digest())
    digest: bytes = outer.digest()
    return digest


@lru_cache(maxsize=16)
def _prepared(key: bytes) -> tuple[Any, Any]:
    """The two halves with the key already in them."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return sha256(block.translate(_INNER_PAD)), sha256(block.translate(_OUTER_PAD))
