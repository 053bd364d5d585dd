"""What an Access-Accept grants, read from the attributes that this make of gateway obeys, and from no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyrad.packet import Packet

DEFAULT_INTERIM_SECONDS: Final = 300
_SHORTEST_INTERIM_SECONDS: Final = 60
_UNITS: Final = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_RATE: Final = re.compile(r"(\d+)([kMG]?)")


@dataclass(frozen=True, slots=True)
class Granted:
    """The limits of one session: seconds, octets both ways together, bit/s; None where nothing limits it."""

    session_seconds: int | None = None
    idle_seconds: int | None = None
    interim_seconds: int = DEFAULT_INTERIM_SECONDS
    total_octets: int | None = None
    rate_up_bps: int | None = None
    rate_down_bps: int | None = None
    classes: tuple[bytes, ...] = ()


def read(gateway: str, accept: Packet) -> Granted:
    """The grant as a gateway of this kind understands it."""
    up, down, octets = _READERS.get(gateway, _wispr)(accept)
    interim = _first(accept, "Acct-Interim-Interval") or 0
    return Granted(
        session_seconds=_first(accept, "Session-Timeout"),
        idle_seconds=_first(accept, "Idle-Timeout"),
        # CoovaChilli takes its default where the interval is below a minute.
        interim_seconds=interim if interim >= _SHORTEST_INTERIM_SECONDS else DEFAULT_INTERIM_SECONDS,
        total_octets=octets,
        rate_up_bps=up,
        rate_down_bps=down,
        classes=tuple(accept.get("Class", [])),
    )


_Figures = tuple[int | None, int | None, int | None]
"""Rate up, rate down, octets."""


def _coovachilli(accept: Packet) -> _Figures:
    up, down, _ = _wispr(accept)
    own_up, own_down = (_first(accept, f"CoovaChilli-Bandwidth-Max-{way}") for way in ("Up", "Down"))
    return (
        own_up * 1000 if own_up else up,  # kbit/s, and before WISPr's
        own_down * 1000 if own_down else down,
        _octets(accept, "CoovaChilli-Max-Total-Octets", "CoovaChilli-Max-Total-Gigawords"),
    )


def _mikrotik(accept: Packet) -> _Figures:
    octets = _octets(accept, "Mikrotik-Total-Limit", "Mikrotik-Total-Limit-Gigawords")
    rates = _first(accept, "Mikrotik-Rate-Limit")
    if rates is None:
        up, down, _ = _wispr(accept)
        return up, down, octets
    # rx/tx as the router sees it: what it receives is the upload. One figure alone is for both ways.
    received, _, sent = str(rates).split()[0].partition("/")
    return _rate(received), _rate(sent or received), octets


def _wispr(accept: Packet) -> _Figures:
    return _first(accept, "WISPr-Bandwidth-Max-Up"), _first(accept, "WISPr-Bandwidth-Max-Down"), None


def _uspot(accept: Packet) -> _Figures:
    up, down, _ = _wispr(accept)
    return up, down, _first(accept, "CoovaChilli-Max-Total-Octets")  # not all versions know the gigawords


def _cambium(accept: Packet) -> _Figures:
    up, down, _ = _wispr(accept)
    quota = "Cambium-Traffic-Quota-Limit-Total"
    return up, down, _octets(accept, quota, f"{quota}-Gigwords")


def _cisco(accept: Packet) -> _Figures:
    """The average contracts of AireOS, in kbit/s; the one without a direction in its name is to the device."""
    down, up = (_first(accept, f"Airespace-Data-Bandwidth-Average-Contract{way}") for way in ("", "-Upstream"))
    return up * 1000 if up else None, down * 1000 if down else None, None


_READERS: Final[Mapping[str, Callable[[Packet], _Figures]]] = {
    "coovachilli": _coovachilli,
    "mikrotik": _mikrotik,
    "uspot": _uspot,
    "cambium": _cambium,
    "cisco": _cisco,
}


def _rate(text: str) -> int | None:
    match = _RATE.fullmatch(text)
    return int(match[1]) * _UNITS[match[2]] or None if match else None


def _octets(accept: Packet, low: str, gigawords: str) -> int | None:
    figure = (_first(accept, low) or 0) + ((_first(accept, gigawords) or 0) << 32)
    return figure or None


def _first(packet: Packet, name: str) -> Any:
    values = packet.get(name)
    return values[0] if values else None
