"""Links that bring somebody back in, whatever address their phone has made up meanwhile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from hotspots.policy import utc


@dataclass(frozen=True, slots=True)
class Return:
    """Whom a link lets in, an account by its number, and until when."""

    account_id: int
    expires_at: datetime


class ReturnDesk:
    """Signs what such a link carries and reads it back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._serializer = URLSafeSerializer(
            key, salt="return", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def __repr__(self) -> str:
        return "ReturnDesk(***)"

    def sign(self, back: Return) -> str:
        """The key that stands in the link."""
        token = self._serializer.dumps([back.account_id, int(back.expires_at.timestamp())])
        return token if isinstance(token, str) else token.decode()

    def read(self, key: str, now: datetime) -> Return | None:
        """Whom it lets in; None where it is not ours or over."""
        try:
            account_id, expires_at = self._serializer.loads(key)
        except BadData:
            return None
        back = Return(account_id, utc(expires_at))
        return back if now < back.expires_at else None
