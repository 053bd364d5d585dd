"""Limits as any gateway reads them that follows the Wi-Fi Alliance's best practices (WISPr)."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import Vendor, Wispr
from radius.replies import timers
from radius.wire import AttributeValue, vendor_attribute


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes: rates in bit/s.

    WISPr has no word for octets: ``total_octets`` is watched from here by the accounting, and ended with a
    Disconnect.
    """
    encoded = timers.encode(limits)
    if limits.rate_up_bps is not None:
        rate = timers.positive(limits.rate_up_bps)
        encoded.append(vendor_attribute(Vendor.WISPR, Wispr.BANDWIDTH_MAX_UP, rate))
    if limits.rate_down_bps is not None:
        rate = timers.positive(limits.rate_down_bps)
        encoded.append(vendor_attribute(Vendor.WISPR, Wispr.BANDWIDTH_MAX_DOWN, rate))
    return encoded
