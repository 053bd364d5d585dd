"""The gateways' dialects: for each kind of gateway, how its visitors are let in and out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from captive_portal.gateways import (
    aruba,
    cambium,
    cisco,
    coovachilli,
    fortinet,
    meraki,
    mikrotik,
    omada,
    opennds,
    ruckus,
    smartzone,
    unifi,
    uspot,
)
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit


class Dialect(Protocol):
    """What each kind of gateway has a module for."""

    @property
    def DEVICE_IS_SIGNED(self) -> bool:  # noqa: N802 - a constant of the module
        """Whether a visit proves by itself which device it is of; otherwise a login does."""
        ...

    def can_log_in(self, visit: GatewayVisit) -> bool:
        """Whether a login can be made from what the gateway sent with this visit."""
        ...

    def hand_over(
        self, visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str
    ) -> HandOver:
        """The way in, with a ticket. ``back`` is our page for those who are in, for gateways that have to be told."""
        ...

    def log_out_url(self, visit: GatewayVisit) -> str | None:
        """Where the browser goes to log out; None where only a Disconnect ends a session."""
        ...

    def again_url(self, visit: GatewayVisit) -> str:
        """Where the browser is sent back to us from, with all that a login needs."""
        ...


DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "aruba": aruba,
        "cambium": cambium,
        "cisco": cisco,
        "coovachilli": coovachilli,
        "fortinet": fortinet,
        "meraki": meraki,
        "mikrotik": mikrotik,
        "omada": omada,
        "opennds": opennds,
        "ruckus": ruckus,
        "smartzone": smartzone,
        "unifi": unifi,
        "uspot": uspot,
    }
)
"""By the name of the access point's gateway."""

LET_IN_WHOM_THEY_ARE_TOLD: Final = frozenset({"omada", "smartzone", "unifi"})
"""Gateways that let in the device that is named to them, whoever's browser named it to us.

Who was let in there has proved that they began that session, and not that they hold the device.
"""

READERS: Final[Mapping[str, Callable[[Mapping[str, str], Expected], GatewayVisit | None]]] = MappingProxyType(
    {
        "aruba": lambda query, known: aruba.read(query, known.nas_identifier),
        "cambium": cambium.read,
        "cisco": lambda query, known: cisco.read(query, known.nas_identifier),
        "fortinet": fortinet.read,
        "meraki": meraki.read,
        "omada": omada.read,
        "opennds": lambda query, known: opennds.read(
            query, known.nas_identifier, known.uam_secret, known.fas_level
        ),
        "ruckus": ruckus.read,
    }
)
"""For gateways that redirect to a path with their NAS-Identifier: how parameters become a visit."""


def dialect(visit: GatewayVisit) -> Dialect:
    """That of the gateway that this visit comes from."""
    return DIALECTS[visit.gateway]
