"""A grant, as each make of gateway reads it."""

from __future__ import annotations

from typing import Any

import pytest
from pyrad.packet import AccessAccept, AuthPacket

from monitoring.synthetic.granted import Granted, read
from monitoring.synthetic.packets import dictionary

COMMON = {"Session-Timeout": 14400, "Idle-Timeout": 1200, "Acct-Interim-Interval": 300}
CHILLI = {
    "CoovaChilli-Bandwidth-Max-Up": 5000,
    "CoovaChilli-Bandwidth-Max-Down": 10000,
    "CoovaChilli-Max-Total-Octets": 5,
    "CoovaChilli-Max-Total-Gigawords": 1,
}
MIKROTIK = {"Mikrotik-Rate-Limit": "512k/2M", "Mikrotik-Total-Limit": 7, "Mikrotik-Total-Limit-Gigawords": 2}
CAMBIUM = {"Cambium-Traffic-Quota-Limit-Total": 9, "Cambium-Traffic-Quota-Limit-Total-Gigwords": 3}
CISCO = {
    "Airespace-Data-Bandwidth-Average-Contract": 2000,
    "Airespace-Data-Bandwidth-Average-Contract-Upstream": 512,
}
WISPR = {"WISPr-Bandwidth-Max-Up": 256000, "WISPr-Bandwidth-Max-Down": 512000}
FOUR_HOURS = {"session_seconds": 14400, "idle_seconds": 1200, "interim_seconds": 300}


@pytest.mark.parametrize(
    ("gateway", "attributes", "expected"),
    [
        ("coovachilli", COMMON | CHILLI | WISPR,
         FOUR_HOURS | {"rate_up_bps": 5_000_000, "rate_down_bps": 10_000_000, "total_octets": (1 << 32) + 5}),
        ("coovachilli", COMMON | WISPR, FOUR_HOURS | {"rate_up_bps": 256_000, "rate_down_bps": 512_000}),
        ("coovachilli", MIKROTIK, {}),
        ("mikrotik", COMMON | MIKROTIK | WISPR,
         FOUR_HOURS | {"rate_up_bps": 512_000, "rate_down_bps": 2_000_000, "total_octets": (2 << 32) + 7}),
        ("mikrotik", {"Mikrotik-Rate-Limit": "1M"}, {"rate_up_bps": 1_000_000, "rate_down_bps": 1_000_000}),
        ("mikrotik", {"Mikrotik-Rate-Limit": "0/300k"}, {"rate_down_bps": 300_000}),
        ("mikrotik", WISPR, {"rate_up_bps": 256_000, "rate_down_bps": 512_000}),
        ("wispr", COMMON | CHILLI | WISPR, FOUR_HOURS | {"rate_up_bps": 256_000, "rate_down_bps": 512_000}),
        ("uspot", COMMON | CHILLI | WISPR,
         FOUR_HOURS | {"rate_up_bps": 256_000, "rate_down_bps": 512_000, "total_octets": 5}),
        ("cambium", CAMBIUM | WISPR,
         {"rate_up_bps": 256_000, "rate_down_bps": 512_000, "total_octets": (3 << 32) + 9}),
        ("cisco", CISCO | WISPR, {"rate_up_bps": 512_000, "rate_down_bps": 2_000_000}),
        ("uspot", {"Acct-Interim-Interval": 59}, {"interim_seconds": 300}),
        ("uspot", {"Acct-Interim-Interval": 60}, {"interim_seconds": 60}),
    ],
)  # fmt: skip
def test_each_make_obeys_its_own_attributes_only(
    gateway: str, attributes: dict[str, Any], expected: dict[str, int]
) -> None:
    accept = AuthPacket(code=AccessAccept, dict=dictionary())
    for name, value in attributes.items():
        accept[name] = value

    assert read(gateway, accept) == Granted(**expected)  # type: ignore[arg-type] # the fields are all integers


def test_every_class_is_kept_for_the_accounting() -> None:
    accept = AuthPacket(code=AccessAccept, dict=dictionary())
    accept["Class"] = [b"one", b"\x00two"]

    assert read("coovachilli", accept).classes == (b"one", b"\x00two")
