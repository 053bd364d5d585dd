"""Whose budget another device holds, carried by the page that offers to log that device out."""

from __future__ import annotations

from datetime import datetime

from captive_portal.signing import Signer
from captive_portal.visits import FRESH
from hotspots.logins.admission import Held
from hotspots.policy import Subject, SubjectKind, utc


class HeldDesk:
    """Signs who somebody has just proved to be, for the device and the access point where they did, and reads it back.

    Elsewhere other ways in may be offered, so there they have to prove it anew.
    """

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, "held")

    def __repr__(self) -> str:
        return "HeldDesk(***)"

    def sign(self, held: Held, device: str, access_point_id: int, now: datetime) -> str:
        """The person as a token for a form of this device there."""
        whom = held.subject.kind.value, held.subject.key, held.method
        return self._signer.sign([int(now.timestamp()), device, access_point_id, *whom])

    def read(self, token: str, device: str, access_point_id: int, now: datetime) -> tuple[Subject, str] | None:
        """Who it is and how they proved it; None where the token is not ours, not made here, or ten minutes old."""
        values = self._signer.read(token)
        if values is None:
            return None
        signed_at, *made, kind, key, method = values
        if made != [device, access_point_id] or now - utc(signed_at) > FRESH:
            return None
        return Subject(SubjectKind(kind), key), method
