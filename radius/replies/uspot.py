"""Limits as uspot reads them, OpenWrt's own captive portal."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import CoovaChilli, Vendor
from radius.replies import timers, wispr
from radius.wire import AttributeValue, vendor_attribute


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes: the rates of WISPr, and the octets of both ways together as CoovaChilli's number 3.

    uspot calls that one ChilliSpot-Max-Total-Octets. It stands alone and holds at most 4 GiB: versions that do not
    know the gigawords would take the lower 32 bits of a larger limit for all of it. Who has more left logs in again.
    """
    encoded = wispr.encode(limits)
    if limits.total_octets is not None:
        octets = timers.positive(limits.total_octets)
        encoded.append(vendor_attribute(Vendor.COOVACHILLI, CoovaChilli.MAX_TOTAL_OCTETS, octets))
    return encoded
