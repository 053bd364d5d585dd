"""Adding and removing single access points: the inventory as it would be afterwards."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from hotspots.errors import HotspotsError
from hotspots.inventory.document import AccessPointEntry, HotspotEntry, Inventory
from hotspots.inventory.faults import Fault, InventoryError
from hotspots.inventory.references import wrong_references
from hotspots.lookup import suggestion


def with_access_point(inventory: Inventory, hotspot_slug: str, entry: AccessPointEntry) -> Inventory:
    """The inventory with one access point more.

    Raises:
        HotspotsError: There is no such hotspot.
        InventoryError: The name or the NAS identifier is taken.
    """
    slugs = [hotspot.slug for authority in inventory.authorities for hotspot in authority.hotspots]
    if hotspot_slug not in slugs:
        raise HotspotsError(f"there is no hotspot {hotspot_slug}", hint=suggestion(hotspot_slug, slugs))
    changed = _with_each_hotspot(
        inventory,
        lambda hotspot: [*hotspot.access_points, entry] if hotspot.slug == hotspot_slug else hotspot.access_points,
    )
    wrong = wrong_references(changed.model_dump())
    if wrong:
        faults = {Fault(0, str(path[-1]), reason) for path, reason in wrong}
        raise InventoryError(f"access point {entry.name}", list(faults))
    return changed


def without_access_point(inventory: Inventory, name: str) -> Inventory:
    """The inventory with one access point less.

    Raises:
        HotspotsError: There is none of that name.
    """
    names = [entry.name for entry in _all(inventory)]
    if name not in names:
        raise HotspotsError(f"there is no access point {name}", hint=suggestion(name, names))
    return _with_each_hotspot(
        inventory, lambda hotspot: [entry for entry in hotspot.access_points if entry.name != name]
    )


def overlapping(inventory: Inventory, name: str) -> list[AccessPointEntry]:
    """The other access points whose addresses include, or are among, those of the one with this name.

    They may: many gateways share one public address behind NAT, and are then told apart by their NAS identifiers.
    """
    own = [_network(entry) for entry in _all(inventory) if entry.name == name]
    others = [entry for entry in _all(inventory) if entry.name != name]
    return [entry for entry in others if any(_overlap(_network(entry), network) for network in own)]


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _overlap(one: _Network, other: _Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _network(entry: AccessPointEntry) -> _Network:
    return ipaddress.ip_network(entry.address)


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
