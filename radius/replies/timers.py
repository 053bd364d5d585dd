"""The attributes that every make understands: how long, how long idle, how often to report."""

from __future__ import annotations

from hotspots.policy import Limits
from radius.numbers import Attribute
from radius.wire import AttributeValue, attribute

MAX_INTEGER = 0xFFFF_FFFF
"""The largest number that an attribute of four octets holds."""

_LEAST_INTERIM_SECONDS = 60  # RFC 2869 section 5.16; CoovaChilli ignores less


def encode(limits: Limits) -> list[AttributeValue]:
    """Session-Timeout, Idle-Timeout (where there is such a limit) and Acct-Interim-Interval, in seconds."""
    encoded: list[AttributeValue] = []
    if limits.session_seconds is not None:
        encoded.append(attribute(Attribute.SESSION_TIMEOUT, positive(limits.session_seconds)))
    if limits.idle_seconds is not None:
        encoded.append(attribute(Attribute.IDLE_TIMEOUT, positive(limits.idle_seconds)))
    interim_seconds = min(max(limits.interim_seconds, _LEAST_INTERIM_SECONDS), MAX_INTEGER)
    encoded.append(attribute(Attribute.ACCT_INTERIM_INTERVAL, interim_seconds))
    return encoded


def positive(figure: int, most: int = MAX_INTEGER) -> int:
    """The figure, at most ``most``, at least 1: several makes take 0 for "no limit at all"."""
    return min(max(figure, 1), most)


def kbps(rate_bps: int, most: int = MAX_INTEGER) -> int:
    """A rate in kbit/s, rounded down, at most ``most``, at least 1."""
    return positive(rate_bps // 1000, most)


def words(octets: int) -> tuple[int, int]:
    """A count of octets as its lower 32 bits and its gigawords (RFC 2869 section 5.1), at least 1 octet."""
    whole = positive(octets, 2**64 - 1)
    return whole & MAX_INTEGER, whole >> 32
