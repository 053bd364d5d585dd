"""What distinguishes two inventories: a pure comparison, entry by entry and field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, SecretStr

from hotspots.inventory.document import Inventory


class Kind(StrEnum):
    """What an entry of the inventory is, in the order in which entries need each other."""

    PLAN = "plan"
    AUTHORITY = "authority"
    HOTSPOT = "hotspot"
    ACCESS_POINT = "access point"
    KIOSK = "kiosk"


class Action(StrEnum):
    """What is done to an entry."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: an entry that is new or gone, or one field of an entry that stays.

    Attributes:
        action: What is done.
        kind: To what.
        name: Its slug, or the name of an access point.
        field: The field that changes; None for a whole entry.
        before: Its value now; a secret stays hidden.
        after: Its value afterwards.
    """

    action: Action
    kind: Kind
    name: str
    field: str | None = None
    before: object = None
    after: object = None


Fields = dict[str, object]
Entries = dict[Kind, dict[str, Fields]]
_SECRETS = ("secret", "former_secret", "uam_secret")


def entries(inventory: Inventory) -> Entries:
    """All entries by kind and name, with what they belong to as a field, and no lists of entries left."""
    found: Entries = {kind: {} for kind in Kind}
    for plan in inventory.plans:
        found[Kind.PLAN][plan.slug] = _fields(plan)
    for authority in inventory.authorities:
        found[Kind.AUTHORITY][authority.slug] = _fields(authority, without="hotspots page") | {
            "page": None if authority.page is None else authority.page.stored()
        }
        for hotspot in authority.hotspots:
            found[Kind.HOTSPOT][hotspot.slug] = {"authority": authority.slug} | _fields(
                hotspot, without="access_points kiosks"
            )
            for access_point in hotspot.access_points:
                found[Kind.ACCESS_POINT][access_point.name] = (
                    {"hotspot": hotspot.slug}
                    | _fields(access_point, without="radios")
                    | {"nas_identifier": access_point.identifier}
                    | {"radios": [radio.model_dump(exclude_none=True) for radio in access_point.radios]}
                )
            for kiosk in hotspot.kiosks:
                found[Kind.KIOSK][kiosk.slug] = {"hotspot": hotspot.slug} | _fields(kiosk)
    return found


def compare(present: Entries, wanted: Entries) -> list[Change]:
    """What has to be done to get from one to the other: removals last, each kind in the order of :class:`Kind`."""
    done = [change for kind in Kind for change in _added_and_changed(kind, present[kind], wanted[kind])]
    removed = [
        Change(Action.REMOVE, kind, name)
        for kind in reversed(Kind)
        for name in present[kind]
        if name not in wanted[kind]
    ]
    return done + removed


def _added_and_changed(kind: Kind, present: dict[str, Fields], wanted: dict[str, Fields]) -> Iterator[Change]:
    for name, fields in wanted.items():
        before = present.get(name)
        if before is None:
            yield Change(Action.ADD, kind, name)
            continue
        for field, value in fields.items():
            # A secret that is left out is kept as it is.
            if (field in _SECRETS and value is None) or before[field] == value:
                continue
            yield Change(Action.CHANGE, kind, name, field, before[field], value)


def _fields(entry: BaseModel, *, without: str = "") -> Fields:
    return {name: getattr(entry, name) for name in type(entry).model_fields if name not in without.split()}


def shown(value: object) -> object:
    """A value as it may be shown and logged."""
    return "***" if isinstance(value, SecretStr) else value
