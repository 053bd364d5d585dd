"""Limits as CoovaChilli reads them."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import CoovaChilli, Vendor
from radius.replies import timers
from radius.wire import AttributeValue, vendor_attribute

# CoovaChilli multiplies by 1000 in 32 bits (chilli.c, config_radius_session): more would wrap round to a crawl.
_MOST_KBPS = timers.MAX_INTEGER // 1000


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes; also the full set of a CoA, which resets each limit that it does not name.

    Rates in kbit/s, rounded down, at least 1; octets of both ways together, gigawords beside them.
    """
    encoded = timers.encode(limits)
    if limits.rate_up_bps is not None:
        encoded.append(_own(CoovaChilli.BANDWIDTH_MAX_UP, timers.kbps(limits.rate_up_bps, _MOST_KBPS)))
    if limits.rate_down_bps is not None:
        encoded.append(_own(CoovaChilli.BANDWIDTH_MAX_DOWN, timers.kbps(limits.rate_down_bps, _MOST_KBPS)))
    if limits.total_octets is not None:
        low, gigawords = timers.words(limits.total_octets)
        encoded.append(_own(CoovaChilli.MAX_TOTAL_OCTETS, low))
        encoded.append(_own(CoovaChilli.MAX_TOTAL_GIGAWORDS, gigawords))
    return encoded


def _own(number: CoovaChilli, value: int) -> AttributeValue:
    return vendor_attribute(Vendor.COOVACHILLI, number, value)
