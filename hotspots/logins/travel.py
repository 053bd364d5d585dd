"""How far it is between two places, and how far somebody can have come in the time."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

from msgspec import Struct

_EARTH_RADIUS_M: Final = 6_371_009
"""The mean radius: on a sphere, distances are off by half a percent at most."""


class Position(NamedTuple):
    """WGS 84, in degrees."""

    latitude: float
    longitude: float


class Travel(Struct, frozen=True):
    """What nobody exceeds: so fast over the beeline, beside ``near_m`` metres that are no way at all."""

    kmh: int = 130
    near_m: int = 1000

    def reach_m(self, seconds: float) -> int:
        """How far away somebody can be after so many seconds, in metres."""
        return self.near_m + int(max(0.0, seconds) * self.kmh / 3.6)


USUAL: Final = Travel()
"""Roads are longer than the beeline, so that nobody is held up who keeps to the law; between the hotspots of one small
town there is nothing to be asked about."""


def metres_between(one: Position | None, other: Position | None) -> int | None:
    """The beeline over the ground (haversine); None where one of the two is not known."""
    if one is None or other is None:
        return None
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    across = cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return round(2 * _EARTH_RADIUS_M * asin(min(1.0, sqrt(sin(north / 2) ** 2 + across))))
