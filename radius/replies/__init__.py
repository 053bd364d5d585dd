"""Limits in the attributes of each gateway's make: one encoder a make, and the table that picks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from hotspots.policy import Limits
from radius.replies import cambium, cisco, coovachilli, mikrotik, uspot, wispr
from radius.wire import AttributeValue, join

Encoder = Callable[[Limits], list[AttributeValue]]

ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "coovachilli": coovachilli.encode,
        "mikrotik": mikrotik.encode,
        "uspot": uspot.encode,
        "opennds": wispr.encode,
        "unifi": wispr.encode,
        "aruba": wispr.encode,
        "cambium": cambium.encode,
        "ruckus": wispr.encode,
        "smartzone": wispr.encode,
        "cisco": cisco.encode,
        "fortinet": wispr.encode,
        "meraki": wispr.encode,
        "omada": wispr.encode,
        "wispr": wispr.encode,
    }
)
"""By the name of the access point's gateway, as ``hotspots ap add --gateway`` takes it."""


@lru_cache(maxsize=4096)
def encode(gateway: str, limits: Limits) -> bytes:
    """The limits in the words of a gateway, as attributes that are joined; most logins are given the same ones."""
    return join(ENCODERS[gateway](limits))
