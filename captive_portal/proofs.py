"""That somebody has just proved a contact, carried by the page on which they choose a password."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Final

from captive_portal.signing import Signer
from hotspots.policy import utc
from hotspots.residents.codes import Holder

KEPT: Final = timedelta(minutes=15)


class ProofDesk:
    """Signs proofs and reads them back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, "proof")

    def __repr__(self) -> str:
        return "ProofDesk(***)"

    def sign(self, holder: Holder, now: datetime) -> str:
        """The proof as a token for a form."""
        return self._signer.sign([int(now.timestamp()), *astuple(holder)])

    def read(self, token: str, now: datetime) -> Holder | None:
        """Who proved it; None where the token is not ours, or older than :data:`KEPT`."""
        values = self._signer.read(token)
        if values is None:
            return None
        signed_at, *fields = values
        return Holder(*fields) if now - utc(signed_at) <= KEPT else None
