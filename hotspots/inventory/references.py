"""What no entry can check alone: names given twice, and plans that do not exist.

It works on the document as parsed, before it is known to be valid, so that one reading tells all that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hotspots import mac

Path = tuple[int | str, ...]
Wrong = tuple[Path, str]


def wrong_references(document: object) -> list[Wrong]:
    """The fields whose values clash with, or name nothing in, the rest of the document."""
    plans = list(_entries(document, ("plans",)))
    authorities = list(_entries(document, ("authorities",)))
    hotspots = [entry for path, _ in authorities for entry in _entries(document, (*path, "hotspots"))]
    access_points = [entry for path, _ in hotspots for entry in _entries(document, (*path, "access_points"))]
    kiosks = [entry for path, _ in hotspots for entry in _entries(document, (*path, "kiosks"))]
    known_plans = {slug for _, entry in plans if isinstance(slug := entry.get("slug"), str)}
    return [
        *_twice(plans, "slug"),
        *_twice(authorities, "slug"),
        *_twice(hotspots, "slug"),
        *_twice(access_points, "name"),
        *_same_identifier(access_points),
        *_twice(kiosks, "slug"),
        *_twice([(path, _with_plain_device(entry)) for path, entry in kiosks], "device"),
        *_unknown_plans(hotspots + kiosks, "plan", known_plans),
        *_unknown_plans(hotspots, "grace_plan", known_plans),
    ]


def _entries(document: object, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The entries of the list at ``path`` that have fields; nothing where there is no such list."""
    value: Any = document
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(value, list):
        yield from (((*path, place), entry) for place, entry in enumerate(value) if isinstance(entry, dict))


def _twice(entries: list[tuple[Path, dict[str, Any]]], field: str) -> Iterator[Wrong]:
    seen: set[str] = set()
    for path, entry in entries:
        value = entry.get(field)
        if not isinstance(value, str):
            continue
        if value in seen:
            yield (*path, field), f"{value!r} is there twice; each must be the only one"
        seen.add(value)


def _same_identifier(access_points: list[tuple[Path, dict[str, Any]]]) -> Iterator[Wrong]:
    seen: dict[str, str] = {}
    for path, entry in access_points:
        field = "name" if entry.get("nas_identifier") is None else "nas_identifier"
        identifier = entry.get(field)
        if not isinstance(identifier, str):
            continue
        # Two access points with one name are told of already.
        if seen.get(identifier, "name") != "name" or (identifier in seen and field != "name"):
            yield (*path, field), f"{identifier!r} is the NAS identifier of another access point"
        seen[identifier] = field


def _with_plain_device(kiosk: dict[str, Any]) -> dict[str, Any]:
    device = kiosk.get("device")
    return {"device": mac.normalise(device)} if isinstance(device, str) else {}


def _unknown_plans(entries: list[tuple[Path, dict[str, Any]]], field: str, known: set[str]) -> Iterator[Wrong]:
    for path, entry in entries:
        plan = entry.get(field)
        if isinstance(plan, str) and plan not in known:
            listed = ", ".join(sorted(known)) or "none"
            yield (*path, field), f"there is no plan {plan!r}; the plans are {listed}"
