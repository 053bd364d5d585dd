"""Links that bring somebody back in, whatever address their phone has made up meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from captive_portal.signing import Signer
from hotspots.policy import utc


@dataclass(frozen=True, slots=True)
class Return:
    """Whom a link lets in, an account by its number, and until when."""

    account_id: int
    expires_at: datetime


class ReturnDesk:
    """Signs what such a link carries and reads it back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, "return")

    def __repr__(self) -> str:
        return "ReturnDesk(***)"

    def sign(self, back: Return) -> str:
        """The key that stands in the link."""
        return self._signer.sign([back.account_id, int(back.expires_at.timestamp())])

    def read(self, key: str, now: datetime) -> Return | None:
        """Whom it lets in; None where it is not ours or over."""
        values = self._signer.read(key)
        if values is None:
            return None
        account_id, expires_at = values
        back = Return(account_id, utc(expires_at))
        return back if now < back.expires_at else None
