"""A map of the hotspots from their coordinates alone: where dots and numbers stand, pure geometry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_WIDTH: Final = 600
_MARGIN: Final = 48
_ABOVE: Final = 16
_SMALLEST_SPAN: Final = 0.01
"""Degrees of latitude, about a kilometre: a single hotspot has a map around it, too."""


@dataclass(frozen=True, slots=True)
class Point:
    """A hotspot in degrees (WGS 84): the number of its list, and how it is drawn."""

    number: int
    latitude: float
    longitude: float
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a place of the drawing, from its upper left corner."""

    x: float
    y: float
    look: str


@dataclass(frozen=True, slots=True)
class HotspotMap:
    """The drawing: its size, a dot for each hotspot, and a number for each list, above its northernmost dot."""

    width: int
    height: int
    dots: Sequence[Mark]
    numbers: Sequence[Mark]


def draw(points: Iterable[Point]) -> HotspotMap | None:
    """The map, north at the top, degrees of longitude as short as they are there; None without any point."""
    given = list(points)
    if not given:
        return None
    south, north = _span(point.latitude for point in given)
    narrow = math.cos(math.radians((south + north) / 2))
    west, east = _span(point.longitude * narrow for point in given)
    scale = (_WIDTH - 2 * _MARGIN) / (east - west)
    dots = [
        Mark(
            round(_MARGIN + (point.longitude * narrow - west) * scale, 1),
            round(_MARGIN + (north - point.latitude) * scale, 1),
            point.look,
        )
        for point in given
    ]
    height = math.ceil(2 * _MARGIN + (north - south) * scale)
    return HotspotMap(_WIDTH, height, dots, _numbers(given, dots))


def _span(degrees: Iterable[float]) -> tuple[float, float]:
    every = list(degrees)
    least, most = min(every), max(every)
    missing = max(0.0, _SMALLEST_SPAN - (most - least)) / 2
    return least - missing, most + missing


def _numbers(points: Sequence[Point], dots: Sequence[Mark]) -> list[Mark]:
    highest: dict[int, Mark] = {}
    for point, dot in zip(points, dots, strict=True):
        if point.number not in highest or dot.y < highest[point.number].y:
            highest[point.number] = dot
    return [Mark(dot.x, round(dot.y - _ABOVE, 1), str(number)) for number, dot in sorted(highest.items())]
