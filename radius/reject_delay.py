"""How long the reject of a guess is held back: guessing is then slow, and no gateway gives up waiting meanwhile."""

from __future__ import annotations

from typing import Final

from hotspots.access_points.clients import Client
from hotspots.policy import Reason, Refuse
from radius.dialects import DIALECTS, STANDARD

GUESSES: Final = frozenset(
    (Reason.UNKNOWN_USER, Reason.WRONG_PASSWORD, Reason.TICKET_FORGED, Reason.TOO_MANY_TRIES)
)
"""What is said to who tries names and passwords. A device that is not remembered is on its way to the portal."""

_SHARE: Final = 3
"""The reject is out after this part of the time, so that the way to the gateway and a hash have the rest."""


def seconds(refusal: Refuse, client: Client, most_seconds: float) -> float:
    """For how long, at most ``most_seconds``; 0 where nothing was guessed."""
    if refusal.reason not in GUESSES:
        return 0.0
    timeout_ms = client.timeout_ms or DIALECTS.get(client.gateway, STANDARD).timeout_ms
    return min(most_seconds, timeout_ms / 1000 / _SHARE)
