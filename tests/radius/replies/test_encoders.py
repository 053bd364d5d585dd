"""What was encoded for a make, decoded in that make's units, is the limit again: never more, never nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrad.packet import AuthPacket

from hotspots.inventory.document import Gateway
from hotspots.policy import Limits
from radius import attributes
from radius.numbers import Attribute, Cambium, Code, CoovaChilli, MikroTik, Vendor
from radius.printing import dictionary
from radius.replies import ENCODERS
from radius.shared_secret import SharedSecret
from radius.wire import Packet, header, parse

WORD = 2**32 - 1
TWO_WORDS = 2**64 - 1
LIMITS = st.builds(
    Limits,
    session_seconds=st.none() | st.integers(1, 2**40),
    idle_seconds=st.none() | st.integers(1, 2**40),
    rate_up_bps=st.none() | st.integers(1, 2**40) | st.sampled_from((512_000, 5_000_000)),
    rate_down_bps=st.none() | st.integers(1, 2**40) | st.sampled_from((1_024_000, 10_000_000)),
    total_octets=st.none() | st.integers(1, 2**70),
    interim_seconds=st.integers(0, 2**33),
)
GIGAWORDS = (
    CoovaChilli.MAX_TOTAL_GIGAWORDS,
    MikroTik.TOTAL_LIMIT_GIGAWORDS,
    Cambium.TRAFFIC_QUOTA_LIMIT_TOTAL_GIGWORDS,
)
GATEWAYS = pytest.mark.parametrize("gateway", sorted(ENCODERS))


@dataclass(frozen=True)
class Make:
    """How a make reads an Access-Accept: the unit of its rates in bit/s, its largest figures, its names."""

    up: str
    down: str
    bps: int = 1
    most_bps: int = WORD
    octets: str = ""
    gigawords: str = ""

    @property
    def most_octets(self) -> int:
        return (TWO_WORDS if self.gigawords else WORD) if self.octets else 0

    def read(self, accept: Packet) -> Limits:
        decoded = AuthPacket(packet=accept.raw, secret=b"secret", dict=dictionary())
        octets = one(decoded, self.octets)
        gigawords = one(decoded, self.gigawords) or 0
        return Limits(
            one(decoded, "Session-Timeout"),
            one(decoded, "Idle-Timeout"),
            self.rate(decoded, self.up),
            self.rate(decoded, self.down),
            None if octets is None else octets + (gigawords << 32),
            one(decoded, "Acct-Interim-Interval"),
        )

    def rate(self, decoded: AuthPacket, name: str) -> int | None:
        figure = one(decoded, name)
        return None if figure is None else figure * self.bps


class Router(Make):
    """RouterOS, which has both rates in one text: first what it receives from the resident."""

    def rate(self, decoded: AuthPacket, name: str) -> int | None:
        text = one(decoded, "Mikrotik-Rate-Limit")
        if text is None:
            return None
        up, down = text.split("/")
        return router_rate({"up": up, "down": down}[name])


WISPR = Make("WISPr-Bandwidth-Max-Up", "WISPr-Bandwidth-Max-Down")
CHILLI = "CoovaChilli-Max-Total-Octets"
CAMBIUM = "Cambium-Traffic-Quota-Limit-Total"
CONTRACT = "Airespace-Data-Bandwidth-Average-Contract"
MAKES = dict.fromkeys(
    ("opennds", "unifi", "aruba", "ruckus", "smartzone", "fortinet", "meraki", "omada", "wispr"), WISPR
) | {
    "coovachilli": Make(
        "CoovaChilli-Bandwidth-Max-Up",
        "CoovaChilli-Bandwidth-Max-Down",
        1000,
        WORD // 1000 * 1000,  # it multiplies in 32 bits
        CHILLI,
        "CoovaChilli-Max-Total-Gigawords",
    ),
    "mikrotik": Router("up", "down", octets="Mikrotik-Total-Limit", gigawords="Mikrotik-Total-Limit-Gigawords"),
    "uspot": replace(WISPR, octets=CHILLI),
    "cambium": replace(WISPR, octets=CAMBIUM, gigawords=f"{CAMBIUM}-Gigwords"),
    "cisco": Make(f"{CONTRACT}-Upstream", CONTRACT, 1000, WORD * 1000),
}


def one(decoded: AuthPacket, name: str) -> Any:
    """The only value of this name; None where there is none. Fails where it stands there twice."""
    if not name or name not in decoded:
        return None
    (value,) = decoded[name]
    return value


def rounded_down(rate_bps: int | None, make: Make) -> int | None:
    if rate_bps is None:
        return None
    return max(make.bps, min(rate_bps // make.bps * make.bps, make.most_bps))


def accepted(gateway: str, limits: Limits) -> Packet:
    """The Access-Accept as it arrives at the gateway."""
    request = parse(header(Code.ACCESS_REQUEST, 1, 0) + bytes(16))
    return parse(SharedSecret(b"secret").reply(request, Code.ACCESS_ACCEPT, ENCODERS[gateway](limits)))


def capped(limit: int | None, most: int) -> int | None:
    return None if limit is None else min(limit, most)


@GATEWAYS
@given(limits=LIMITS)
def test_what_was_encoded_is_the_limits_in_the_units_of_the_make(gateway, limits):
    """Read by pyrad with our dictionary, as by a peer that has it."""
    make = MAKES[gateway]
    read = make.read(accepted(gateway, limits))

    assert read.session_seconds == capped(limits.session_seconds, WORD)
    assert read.idle_seconds == capped(limits.idle_seconds, WORD)
    assert read.interim_seconds == min(max(60, limits.interim_seconds), WORD)
    assert read.rate_up_bps == rounded_down(limits.rate_up_bps, make)
    assert read.rate_down_bps == rounded_down(limits.rate_down_bps, make)
    assert read.total_octets == (capped(limits.total_octets, make.most_octets) if make.most_octets else None)


@GATEWAYS
@given(limits=LIMITS)
def test_nobody_is_ever_given_more(gateway, limits):
    """But for the least figure of a unit, since nought means "no limit" to gateways."""
    make = MAKES[gateway]
    read = make.read(accepted(gateway, limits))

    for name, least in (
        ("session_seconds", 1),
        ("idle_seconds", 1),
        ("rate_up_bps", make.bps),
        ("rate_down_bps", make.bps),
        ("total_octets", 1),
    ):
        given_out, allowed = getattr(read, name), getattr(limits, name)
        if allowed is None:
            assert given_out is None
        elif given_out is not None:
            assert 0 < given_out <= max(allowed, least)


def test_every_gateway_of_the_inventory_has_its_encoder():
    assert set(ENCODERS) == set(get_args(Gateway)) == set(MAKES)


def test_a_router_is_told_the_plan():
    accept = accepted("mikrotik", Limits(plan="od-2018"))

    assert attributes.vendor_octets(accept, Vendor.MIKROTIK, MikroTik.ADDRESS_LIST) == b"plan-od-2018"


@given(slug=st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,62}\Z"))
def test_no_plan_is_named_like_a_list_that_opens_something(slug):
    accept = accepted("mikrotik", Limits(plan=slug))

    shown = attributes.vendor_octets(accept, Vendor.MIKROTIK, MikroTik.ADDRESS_LIST)
    assert shown not in (b"radius", b"management", b"private")
    assert shown.decode().removeprefix("plan-") == slug


def test_uspot_is_told_no_gigawords_that_it_might_not_know():
    accept = accepted("uspot", Limits(total_octets=5 * 2**32 + 7))

    assert attributes.vendor_integer(accept, Vendor.COOVACHILLI, CoovaChilli.MAX_TOTAL_OCTETS) == WORD
    assert attributes.vendor_integer(accept, Vendor.COOVACHILLI, CoovaChilli.MAX_TOTAL_GIGAWORDS) is None


@GATEWAYS
def test_no_limit_but_the_interim_interval_where_there_is_none(gateway):
    assert ENCODERS[gateway](Limits()) == [(85, b"\x00\x00\x01\x2c")]


@GATEWAYS
def test_nothing_left_is_never_told_as_nought(gateway):
    """Nought means "no limit" to gateways; the policy refuses before, this is the second lock."""
    accept = accepted(gateway, Limits(0, 0, 0, 0, 0))

    for number, value in accept.attributes[1:]:
        if number == Attribute.VENDOR_SPECIFIC and value.endswith(b"\0\0\0\0"):
            assert value[4] in GIGAWORDS
        else:
            assert value.strip(b"\0")


@pytest.mark.parametrize(
    ("up", "down", "text"),
    [
        (5_000_000, 10_000_000, b"5M/10M"),
        (512_000, 512_000, b"512k/512k"),
        (512_500, 1_536_000, b"512500/1536k"),
        (None, 2_000_000, b"0/2M"),
        (1, None, b"1/0"),
    ],
)
def test_the_text_for_mikrotik(up, down, text):
    accept = accepted("mikrotik", Limits(rate_up_bps=up, rate_down_bps=down))

    assert attributes.vendor_octets(accept, Vendor.MIKROTIK, MikroTik.RATE_LIMIT) == text


def router_rate(text: str) -> int | None:
    """A rate as RouterOS reads it: decimal ``k`` and ``M``, nought for no limit."""
    units = {"k": 1_000, "M": 1_000_000}
    rate = int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)
    return rate or None
