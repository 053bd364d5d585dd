"""An inventory with ten times the hotspots of the example: the same authorities, each place ten times."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.ours import INVENTORY
from benchmarks.population import ACCESS_POINTS

TIMES: Final = 10
PLACES: Final = ACCESS_POINTS * TIMES


def write(path: Path) -> Path:
    """Write the inventory; kiosks stay as many as they are."""
    document = yaml.safe_load(INVENTORY.read_text(encoding="utf-8"))
    for authority in document["authorities"]:
        authority["hotspots"] = [
            _again(hotspot, time) for hotspot in authority.get("hotspots", []) for time in range(TIMES)
        ]
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _again(hotspot: dict[str, Any], time: int) -> dict[str, Any]:
    if time == 0:
        return hotspot
    points = [
        {**point, "name": f"{point['name']}-{time}", "address": _address(point["address"], time)}
        for point in hotspot["access_points"]
    ]
    made = {**hotspot, "slug": f"{hotspot['slug']}-{time}", "name": f"{hotspot['name']} {time}", "kiosks": []}
    return made | {"access_points": points}


def _address(first: str, time: int) -> str:
    a, b, c, d = first.split(".")
    return f"{a}.{b}.{int(c) + time}.{d}"
