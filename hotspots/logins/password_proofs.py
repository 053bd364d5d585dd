"""Passwords that were proved right a while ago, so that the next login with them needs no slow hash."""

from __future__ import annotations

import secrets
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

from hotspots.logins.credentials import AccountEntry

MOST_PROOFS: Final = 65_536
"""Some 200 octets each; beyond that those go that have not been used for longest."""

_DIGEST_OCTETS: Final = 32


class PasswordProofs:
    """A digest of the right password for each account that was proved, under a key that dies with the process.

    The digest covers the stored hash, too: a password that is changed ends its proof with that. What an attacker
    would have to steal is this process's memory, in which the passwords themselves come by.
    """

    def __init__(self, most: int = MOST_PROOFS) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._proofs: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._proofs)

    def __repr__(self) -> str:
        return f"PasswordProofs({len(self)})"

    def digest(self, name: str, password_hash: str, password: bytes) -> bytes:
        """What stands for this password, as long as this hash is stored for this name."""
        # Neither a name nor a hash has a NUL in it, so that nothing can be shifted from one to the other.
        octets = b"\0".join((name.encode(), password_hash.encode(), password))
        return blake2b(octets, key=self._key, digest_size=_DIGEST_OCTETS).digest()

    def holds(self, account: AccountEntry, digest: bytes) -> bool:
        """Whether this digest was noted for the account."""
        known = self._proofs.get(account.id)
        if known is None or not compare_digest(known, digest):
            return False
        self._proofs[account.id] = self._proofs.pop(account.id)  # the last to go
        return True

    def note(self, account: AccountEntry, digest: bytes) -> None:
        """The password behind this digest was proved right."""
        self._proofs.pop(account.id, None)
        while len(self._proofs) >= self._most:
            del self._proofs[next(iter(self._proofs))]
        self._proofs[account.id] = digest
