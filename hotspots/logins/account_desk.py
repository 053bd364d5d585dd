"""Whose account a name and a password are, and which of them have to be hashed before anybody can say."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from hotspots import passwords
from hotspots.logins.credentials import AccountEntry
from hotspots.logins.directory import Directory
from hotspots.logins.password_proofs import PasswordProofs
from hotspots.policy import Reason
from hotspots.residents import accounts

_NAMES_REMEMBERED: Final = 16_384


class Claim(Struct, frozen=True):
    """A name and a password of which it is not known yet whether they belong together.

    ``account`` is None where nobody has the name: its password is checked all the same, against a hash that none
    fits, so that neither the answer nor the time it takes tells who has an account.
    """

    name: str
    account: AccountEntry | None
    password: bytes
    password_hash: str
    digest: bytes
    """Equal for claims that one hash decides (:meth:`hotspots.logins.password_proofs.PasswordProofs.digest`)."""

    def __repr__(self) -> str:
        return "Claim(***)"


class AccountDesk:
    """Knows the accounts of the directory, and the passwords that were proved right since this process began."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._proofs = PasswordProofs()
        self._nobodys_hash = passwords.nobodys_hash()
        self._named = lru_cache(maxsize=_NAMES_REMEMBERED)(accounts.normalise)

    def ask(self, user_name: str, clear: bytes | None) -> AccountEntry | Claim | Reason:
        """The account, where the password was proved before; otherwise what is to be proved, or why nothing is.

        ``clear`` is the password as it was sent, None where only an answer to a challenge was (CHAP): that can be
        checked with the password itself alone, and not with its hash.
        """
        # Where nobody has an account there is nothing to find out.
        name = self._named(user_name) if self._directory.accounts else None
        if name is None:
            return Reason.UNKNOWN_USER
        if clear is None:
            return Reason.CHAP_NEEDS_CLEARTEXT_PASSWORD
        if not clear:
            return Reason.WRONG_PASSWORD
        account = self._directory.accounts_by_name.get(name)
        password_hash = account.password_hash if account is not None else self._nobodys_hash
        password = passwords.normal_octets(clear)
        digest = self._proofs.digest(name, password_hash, password)
        if account is not None and self._proofs.holds(account, digest):
            return account
        return Claim(name, account, password, password_hash, digest)

    def settle(self, claim: Claim, *, right: bool) -> AccountEntry | Reason:
        """What comes of a claim that was checked; a right one is known from now on.

        The account is as it stands now, which may be blocked, have another password or be gone since it was asked.
        """
        if not right or claim.account is None or self.is_outdated(claim):
            return Reason.WRONG_PASSWORD
        account = self._directory.accounts[claim.account.id]
        self._proofs.note(account, claim.digest)
        return account

    def is_outdated(self, claim: Claim) -> bool:
        """Whether the account has another password by now, or the name another owner, or one at all."""
        account = self._directory.accounts_by_name.get(claim.name)
        if account is None or claim.account is None:
            return account is not claim.account
        return (account.id, account.password_hash) != (claim.account.id, claim.account.password_hash)
