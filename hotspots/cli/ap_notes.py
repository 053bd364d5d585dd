"""What is to be said of an access point that was added or changed as it was wished."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from pydantic import SecretStr

from hotspots.access_points.transports import RADSEC, certificate_command
from hotspots.inventory.access_points import overlapping
from hotspots.inventory.document import AccessPointEntry, Inventory
from hotspots.security import card

SHORT: Final = "the secret is short; leave it out to have a strong one made"


def is_short(secret: SecretStr) -> bool:
    """Whether the security card of an access point with this RADIUS secret would call it short."""
    return len(secret.get_secret_value()) < card.SECRET_OCTETS


def notes(
    inventory: Inventory, entry: AccessPointEntry, *, certified: bool, controllers: Collection[str]
) -> Iterator[str]:
    """A sentence for each thing that an operator should know of it.

    Args:
        inventory: With the access point in it.
        entry: The access point.
        certified: Whether it has a good certificate of its own.
        controllers: The names of those that there are.
    """
    for other in overlapping(inventory, entry.name):
        yield (
            f"{entry.address} is also from where {other.name} ({other.address}) calls; "
            "their NAS identifiers tell them apart"
        )
    if entry.secret is not None and is_short(entry.secret):
        yield SHORT
    if entry.message_authenticator == "learn":
        yield "requests without Message-Authenticator are taken until it sends the first one, and never after that"
    if entry.message_authenticator == "optional":
        yield (
            "requests without Message-Authenticator are taken, which an attacker on the line can forge "
            "(CVE-2024-3596); once it sends one: hotspots ap change NAME --message-authenticator required"
        )
    if entry.radius_transport == RADSEC and not certified:
        yield f"it needs a certificate of its own: {certificate_command(entry.name)}"
    if entry.controller is not None and entry.controller not in controllers:
        yield f"there is no controller {entry.controller} yet: hotspots controller add {entry.controller}"
