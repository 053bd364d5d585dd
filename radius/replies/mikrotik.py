"""Limits as the HotSpot of MikroTik's RouterOS reads them."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import Attribute, MikroTik, Vendor
from radius.replies import timers
from radius.wire import AttributeValue, vendor_attribute

_UNLIMITED = "0"  # as max-limit of a simple queue, which the router makes from the text


def encode(limits: Limits) -> list[AttributeValue]:
    """Access-Accept attributes: the rate as text, ``up/down``, since the router names what it receives first.

    ``k`` and ``M`` are decimal, and rates that are no whole ``k`` stand as plain bit/s, so nothing is rounded.
    Total-Limit counts the octets of both ways together. Address-List is ``plan-`` and the name of the plan, so that
    rules of the router can tell residents apart, and no plan can be named like a list that opens something.
    """
    encoded = timers.encode(limits)
    if limits.rate_up_bps is not None or limits.rate_down_bps is not None:
        encoded.append(_rates(limits))
    if limits.total_octets is not None:
        low, gigawords = timers.words(limits.total_octets)
        encoded.append(vendor_attribute(Vendor.MIKROTIK, MikroTik.TOTAL_LIMIT, low))
        encoded.append(vendor_attribute(Vendor.MIKROTIK, MikroTik.TOTAL_LIMIT_GIGAWORDS, gigawords))
    if limits.plan is not None:
        encoded.append(vendor_attribute(Vendor.MIKROTIK, MikroTik.ADDRESS_LIST, f"plan-{limits.plan}"))
    return encoded


def encode_change(limits: Limits) -> list[AttributeValue]:
    """CoA attributes: those of an Access-Accept that the router lets be changed; a rate that is lifted, too."""
    kept = [one for one in timers.encode(limits) if one[0] != Attribute.ACCT_INTERIM_INTERVAL]
    return [*kept, _rates(limits)]


def _rates(limits: Limits) -> AttributeValue:
    rates = f"{_rate(limits.rate_up_bps)}/{_rate(limits.rate_down_bps)}"
    return vendor_attribute(Vendor.MIKROTIK, MikroTik.RATE_LIMIT, rates)


def _rate(rate_bps: int | None) -> str:
    if rate_bps is None:
        return _UNLIMITED
    rate_bps = timers.positive(rate_bps)
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if rate_bps % size == 0:
            return f"{rate_bps // size}{unit}"
    return str(rate_bps)
