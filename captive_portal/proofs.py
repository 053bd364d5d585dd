"""That somebody has just proved a contact, carried by the page on which they choose a password."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from hotspots.codes import Holder
from hotspots.policy import utc

KEPT: Final = timedelta(minutes=15)


class ProofDesk:
    """Signs proofs and reads them back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._serializer = URLSafeSerializer(
            key, salt="proof", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def __repr__(self) -> str:
        return "ProofDesk(***)"

    def sign(self, holder: Holder, now: datetime) -> str:
        """The proof as a token for a form."""
        token = self._serializer.dumps([int(now.timestamp()), *astuple(holder)])
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str, now: datetime) -> Holder | None:
        """Who proved it; None where the token is not ours, or older than :data:`KEPT`."""
        try:
            signed_at, *fields = self._serializer.loads(token)
        except BadData:
            return None
        return Holder(*fields) if now - utc(signed_at) <= KEPT else None
