"""Limits as Cambium's access points read them (its "RADIUS dictionary for WiFi")."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import Cambium, Vendor
from radius.replies import timers, wispr
from radius.wire import AttributeValue, vendor_attribute


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes: the rates of WISPr, and octets of both ways together with gigawords beside them."""
    encoded = wispr.encode(limits)
    if limits.total_octets is not None:
        low, gigawords = timers.words(limits.total_octets)
        encoded.append(vendor_attribute(Vendor.CAMBIUM, Cambium.TRAFFIC_QUOTA_LIMIT_TOTAL, low))
        encoded.append(vendor_attribute(Vendor.CAMBIUM, Cambium.TRAFFIC_QUOTA_LIMIT_TOTAL_GIGWORDS, gigawords))
    return encoded
