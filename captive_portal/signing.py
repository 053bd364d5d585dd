"""Values that our own pages carry and that nobody else can make."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer


class Signer:
    """Signs values as a token that can stand in an address or a form, under a key and for one purpose."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._serializer = URLSafeSerializer(
            key, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def __repr__(self) -> str:
        return "Signer(***)"

    def sign(self, values: Sequence[object]) -> str:
        """The values, which JSON must be able to hold, as a token: readable to whoever has it."""
        token = self._serializer.dumps(list(values))
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str) -> list[Any] | None:
        """The values again; None where the token is not ours, or for another purpose."""
        try:
            values: list[Any] = self._serializer.loads(token)
        except BadData:
            return None
        return values
