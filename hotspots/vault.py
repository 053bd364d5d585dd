"""Secrets at rest: encrypted with a key derived from the server's secret key."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from hotspots.errors import HotspotsError


class Vault:
    """Seals secrets for the database and opens them again (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def __repr__(self) -> str:
        return "Vault(***)"

    def seal(self, secret: SecretStr) -> bytes:
        """The secret, encrypted; a different text each time."""
        return self._fernet.encrypt(secret.get_secret_value().encode())

    def open(self, sealed: bytes) -> SecretStr:
        """The secret again; a :class:`HotspotsError` where it was sealed under another key."""
        try:
            return SecretStr(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise HotspotsError(
                "a secret in the database was encrypted under another SECRET_KEY",
                hint="put back the secret_key file that belongs to this database",
            ) from None
