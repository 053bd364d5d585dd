"""Visits carried by the pages themselves: signed, and good for a while.

No cookie and no row in the database holds a visit, since the small browsers that phones open for a portal keep no
cookies. Each page carries it as a token instead.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Final

from captive_portal.gateways.visit import GatewayVisit, Result
from captive_portal.signing import Signer
from hotspots.policy import utc

FRESH: Final = timedelta(minutes=10)
"""How long a visit may wait for the tap: a gateway changes its challenge after a while."""

KEPT: Final = timedelta(hours=24)
"""How long a status page stays good, for the device that it was made for."""


@dataclass(frozen=True, slots=True)
class SignedVisit:
    """A visit whose signature holds, and when it was signed."""

    visit: GatewayVisit
    signed_at: datetime


class VisitDesk:
    """Signs visits and reads them back, under one key."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, "visit")

    def __repr__(self) -> str:
        return "VisitDesk(***)"

    def sign(self, visit: GatewayVisit, now: datetime) -> str:
        """The visit as a token that can stand in an address or a form."""
        return self._signer.sign([int(now.timestamp()), *astuple(visit)])

    def read(self, token: str, now: datetime) -> SignedVisit | None:
        """The visit again; None where the token is not ours, or is older than :data:`KEPT`."""
        values = self._signer.read(token)
        if values is None:
            return None
        signed_at, result, *rest = values
        signed = SignedVisit(GatewayVisit(Result(result), *rest), utc(signed_at))
        return signed if now - signed.signed_at <= KEPT else None
