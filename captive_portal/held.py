"""Whose budget another device holds, carried by the page that offers to log that device out."""

from __future__ import annotations

from datetime import datetime

from captive_portal.signing import Signer
from captive_portal.visits import FRESH
from hotspots.logins.admission import Held
from hotspots.policy import Subject, SubjectKind, utc


class HeldDesk:
    """Signs who somebody has just proved to be, for the device they did it with, and reads it back."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, "held")

    def __repr__(self) -> str:
        return "HeldDesk(***)"

    def sign(self, held: Held, device: str, now: datetime) -> str:
        """The person as a token for a form of this device."""
        subject = held.subject
        return self._signer.sign([int(now.timestamp()), device, subject.kind.value, subject.key, held.method])

    def read(self, token: str, device: str, now: datetime) -> tuple[Subject, str] | None:
        """Who it is and how they proved it; None where the token is not ours, another device's, or ten minutes old."""
        values = self._signer.read(token)
        if values is None:
            return None
        signed_at, of_device, kind, key, method = values
        if of_device != device or now - utc(signed_at) > FRESH:
            return None
        return Subject(SubjectKind(kind), key), method
