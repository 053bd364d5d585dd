"""What was encoded for a make, decoded in that make's units, is the limit again: never more, never nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.policy import Limits
from radius import attributes
from radius.numbers import Attribute, Code, CoovaChilli, MikroTik, Vendor, Wispr
from radius.replies import ENCODERS
from radius.shared_secret import SharedSecret
from radius.wire import Packet, header, parse

LEAST_WORD = 2**32 - 1
LIMITS = st.builds(
    Limits,
    session_seconds=st.none() | st.integers(1, 2**40),
    idle_seconds=st.none() | st.integers(1, 2**40),
    rate_up_bps=st.none() | st.integers(1, 2**40) | st.sampled_from((512_000, 5_000_000)),
    rate_down_bps=st.none() | st.integers(1, 2**40) | st.sampled_from((1_024_000, 10_000_000)),
    total_octets=st.none() | st.integers(1, 2**70),
    interim_seconds=st.integers(0, 2**33),
)
GATEWAYS = pytest.mark.parametrize("gateway", sorted(ENCODERS))
PLAIN = pytest.mark.parametrize("gateway", ["uspot", "opennds", "unifi", "aruba", "cisco", "wispr"])


def accepted(gateway: str, limits: Limits) -> Packet:
    """The Access-Accept as it arrives at the gateway."""
    request = parse(header(Code.ACCESS_REQUEST, 1, 0) + bytes(16))
    return parse(SharedSecret(b"secret").reply(request, Code.ACCESS_ACCEPT, ENCODERS[gateway](limits)))


def capped(limit: int | None, most: int) -> int | None:
    return None if limit is None else min(limit, most)


@GATEWAYS
@given(limits=LIMITS)
def test_times_are_seconds_everywhere(gateway, limits):
    accept = accepted(gateway, limits)

    assert attributes.integer(accept, Attribute.SESSION_TIMEOUT) == capped(limits.session_seconds, LEAST_WORD)
    assert attributes.integer(accept, Attribute.IDLE_TIMEOUT) == capped(limits.idle_seconds, LEAST_WORD)
    interim_seconds = attributes.integer(accept, Attribute.ACCT_INTERIM_INTERVAL)
    assert interim_seconds == capped(max(60, limits.interim_seconds), LEAST_WORD)


@given(limits=LIMITS)
def test_coovachilli_is_told_kilobits(limits):
    accept = accepted("coovachilli", limits)

    for number, bps in (
        (CoovaChilli.BANDWIDTH_MAX_UP, limits.rate_up_bps),
        (CoovaChilli.BANDWIDTH_MAX_DOWN, limits.rate_down_bps),
    ):
        kbps = attributes.vendor_integer(accept, Vendor.COOVACHILLI, number)
        assert (kbps is None) == (bps is None)
        if kbps is not None:
            assert kbps >= 1
            assert kbps * 1000 <= max(bps, 1000)
            assert kbps * 1000 < 2**32, "CoovaChilli multiplies in 32 bits"
            assert kbps * 1000 > bps - 1000 or bps > 2**32 - 1000


@given(limits=LIMITS)
def test_coovachilli_is_told_octets_in_two_words(limits):
    accept = accepted("coovachilli", limits)

    low = attributes.vendor_integer(accept, Vendor.COOVACHILLI, CoovaChilli.MAX_TOTAL_OCTETS)
    high = attributes.vendor_integer(accept, Vendor.COOVACHILLI, CoovaChilli.MAX_TOTAL_GIGAWORDS)
    assert joined(low, high) == capped(limits.total_octets, 2**64 - 1)


@given(limits=LIMITS)
def test_mikrotik_is_told_up_before_down_in_text(limits):
    accept = accepted("mikrotik", limits)

    text = attributes.vendor_octets(accept, Vendor.MIKROTIK, MikroTik.RATE_LIMIT)
    if limits.rate_up_bps is None and limits.rate_down_bps is None:
        assert text is None
        return
    up, down = text.decode().split("/")
    assert router_rate(up) == capped(limits.rate_up_bps, LEAST_WORD)
    assert router_rate(down) == capped(limits.rate_down_bps, LEAST_WORD)


@given(limits=LIMITS)
def test_mikrotik_is_told_octets_in_two_words(limits):
    accept = accepted("mikrotik", limits)

    low = attributes.vendor_integer(accept, Vendor.MIKROTIK, MikroTik.TOTAL_LIMIT)
    high = attributes.vendor_integer(accept, Vendor.MIKROTIK, MikroTik.TOTAL_LIMIT_GIGAWORDS)
    assert joined(low, high) == capped(limits.total_octets, 2**64 - 1)


@PLAIN
@given(limits=LIMITS)
def test_the_others_are_told_bits_a_second(gateway, limits):
    accept = accepted(gateway, limits)

    up = attributes.vendor_integer(accept, Vendor.WISPR, Wispr.BANDWIDTH_MAX_UP)
    down = attributes.vendor_integer(accept, Vendor.WISPR, Wispr.BANDWIDTH_MAX_DOWN)
    assert up == capped(limits.rate_up_bps, LEAST_WORD)
    assert down == capped(limits.rate_down_bps, LEAST_WORD)


@GATEWAYS
def test_no_limit_but_the_interim_interval_where_there_is_none(gateway):
    assert ENCODERS[gateway](Limits()) == [(85, b"\x00\x00\x01\x2c")]


@GATEWAYS
def test_nothing_left_is_never_told_as_nought(gateway):
    """Nought means "no limit" to gateways; the policy refuses before, this is the second lock."""
    accept = accepted(gateway, Limits(0, 0, 0, 0, 0))

    for number, value in accept.attributes[1:]:
        if number == Attribute.VENDOR_SPECIFIC and value.endswith(b"\0\0\0\0"):
            assert value[4] in (CoovaChilli.MAX_TOTAL_GIGAWORDS, MikroTik.TOTAL_LIMIT_GIGAWORDS)
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


def joined(low: int | None, high: int | None) -> int | None:
    return None if low is None else low + (high << 32)


def router_rate(text: str) -> int | None:
    """A rate as RouterOS reads it: decimal ``k`` and ``M``, nought for no limit."""
    units = {"k": 1_000, "M": 1_000_000}
    rate = int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)
    return rate or None
