"""Limits as Cisco's wireless controllers read them, where AAA override is allowed."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import Airespace, Vendor
from radius.replies import timers
from radius.wire import AttributeValue, vendor_attribute


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes: average rates in kbit/s, rounded down, at least 1.

    The contract without a direction in its name is the one to the resident. There is no word for octets:
    ``total_octets`` is watched from here by the accounting, and ended with a Disconnect.
    """
    encoded = timers.encode(limits)
    for number, rate_bps in (
        (Airespace.DATA_BANDWIDTH_AVERAGE_CONTRACT, limits.rate_down_bps),
        (Airespace.DATA_BANDWIDTH_AVERAGE_CONTRACT_UPSTREAM, limits.rate_up_bps),
    ):
        if rate_bps is not None:
            encoded.append(vendor_attribute(Vendor.AIRESPACE, number, timers.kbps(rate_bps)))
    return encoded
