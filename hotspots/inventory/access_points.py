"""Adding and removing single access points: the inventory as it would be afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hotspots.access_points.whereabouts import Network, network_of
from hotspots.errors import HotspotsError
from hotspots.inventory.document import AccessPointEntry, HotspotEntry, Inventory
from hotspots.inventory.faults import Fault, InventoryError
from hotspots.inventory.references import wrong_references
from hotspots.lookup import suggestion


def with_access_point(inventory: Inventory, hotspot_slug: str, entry: AccessPointEntry) -> Inventory:
    """The inventory with one access point more.

    Raises:
        HotspotsError: There is no such hotspot, or the name is taken.
        InventoryError: The NAS identifier is taken.
    """
    slugs = [hotspot.slug for authority in inventory.authorities for hotspot in authority.hotspots]
    if hotspot_slug not in slugs:
        raise HotspotsError(f"there is no hotspot {hotspot_slug}", hint=suggestion(hotspot_slug, slugs))
    if entry.name in {other.name for other in _all(inventory)}:
        change = f"choose another name, or change it: hotspots ap change {entry.name}"
        raise HotspotsError(f"there is an access point {entry.name} already", hint=change)
    changed = _with_each_hotspot(
        inventory,
        lambda hotspot: [*hotspot.access_points, entry] if hotspot.slug == hotspot_slug else hotspot.access_points,
    )
    wrong = wrong_references(changed.model_dump())
    if wrong:
        faults = {Fault(0, str(path[-1]), reason) for path, reason in wrong}
        raise InventoryError(f"access point {entry.name}", list(faults))
    return changed


def with_changed_access_point(inventory: Inventory, name: str, fields: Mapping[str, Any]) -> Inventory:
    """The inventory with some fields of one access point changed.

    Raises:
        HotspotsError: There is none of that name.
        ValidationError: A value is wrong.
    """
    _check_known(inventory, name)

    def changed(entry: AccessPointEntry) -> AccessPointEntry:
        known: dict[str, Any] = {field: getattr(entry, field) for field in type(entry).model_fields}
        return AccessPointEntry(**{**known, **fields}) if entry.name == name else entry

    return _with_each_hotspot(inventory, lambda hotspot: [changed(entry) for entry in hotspot.access_points])


def without_access_point(inventory: Inventory, name: str) -> Inventory:
    """The inventory with one access point less.

    Raises:
        HotspotsError: There is none of that name.
    """
    _check_known(inventory, name)
    return _with_each_hotspot(
        inventory, lambda hotspot: [entry for entry in hotspot.access_points if entry.name != name]
    )


def overlapping(inventory: Inventory, name: str) -> list[AccessPointEntry]:
    """The other access points whose addresses include, or are among, those of the one with this name.

    They may: many gateways share one public address behind NAT, and are then told apart by their NAS identifiers.
    """
    own = [network_of(entry.address) for entry in _all(inventory) if entry.name == name]
    others = [entry for entry in _all(inventory) if entry.name != name]
    return [entry for entry in others if any(_overlap(network_of(entry.address), network) for network in own)]


def _overlap(one: Network | None, other: Network | None) -> bool:
    """Whether they have an address in common; nobody knows of host names."""
    return one is not None and other is not None and one.version == other.version and one.overlaps(other)


def _check_known(inventory: Inventory, name: str) -> None:
    names = [entry.name for entry in _all(inventory)]
    if name not in names:
        raise HotspotsError(f"there is no access point {name}", hint=suggestion(name, names))


def _all(inventory: Inventory) -> list[AccessPointEntry]:
    return [
        entry
        for authority in inventory.authorities
        for hotspot in authority.hotspots
        for entry in hotspot.access_points
    ]


def _with_each_hotspot(
    inventory: Inventory, access_points: Callable[[HotspotEntry], list[AccessPointEntry]]
) -> Inventory:
    authorities = [
        authority.model_copy(
            update={
                "hotspots": [
                    hotspot.model_copy(update={"access_points": access_points(hotspot)})
                    for hotspot in authority.hotspots
                ]
            }
        )
        for authority in inventory.authorities
    ]
    return inventory.model_copy(update={"authorities": authorities})
