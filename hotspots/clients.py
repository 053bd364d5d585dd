"""Access points as RADIUS clients, found by the address that a packet comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from hotspots import models
from hotspots.vault import Vault

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_ADDRESSES_REMEMBERED = 10_000


class HiddenBytes(bytes):
    """Octets that do not show in ``repr``."""

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class Client:
    """One access point as RADIUS sees it. ``plan_id`` is the plan of its hotspot."""

    id: int
    name: str
    nas_identifier: str
    network: Network
    make: str
    gateway: str
    secret: HiddenBytes
    message_authenticator_required: bool
    octets_from_client_view: bool
    mac_authentication: bool
    coa_port: int
    plan_id: int
    hotspot: str
    authority: str


class Clients:
    """All access points that are in service."""

    def __init__(self, clients: Iterable[Client] = ()) -> None:
        self.by_id = {client.id: client for client in clients}
        by_network: dict[Network, list[Client]] = {}
        for client in self.by_id.values():
            by_network.setdefault(client.network, []).append(client)
        nearest_first = sorted(by_network, key=lambda network: network.prefixlen, reverse=True)
        self._by_network = {network: tuple(by_network[network]) for network in nearest_first}
        self._remembered: dict[str, tuple[Client, ...]] = {}

    def at(self, address: str) -> tuple[Client, ...]:
        """Those that may call from this IP address: the nearest subnet's; several where they share a line."""
        known = self._remembered.get(address)
        if known is None:
            known = self._find(ipaddress.ip_address(address))
            if len(self._remembered) >= _MOST_ADDRESSES_REMEMBERED:
                self._remembered.clear()
            self._remembered[address] = known
        return known

    def _find(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> tuple[Client, ...]:
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        for network, clients in self._by_network.items():
            if address in network:
                return clients
        return ()


def load_clients(db: OrmSession, vault: Vault) -> Clients:
    """The access points in service, with their secrets opened."""
    rows = db.scalars(
        select(models.AccessPoint)
        .where(models.AccessPoint.removed_at.is_(None))
        .options(joinedload(models.AccessPoint.hotspot).joinedload(models.Hotspot.authority))
    )
    return Clients(_client(row, vault) for row in rows)


def _client(row: models.AccessPoint, vault: Vault) -> Client:
    return Client(
        id=row.id,
        name=row.name,
        nas_identifier=row.nas_identifier,
        network=ipaddress.ip_network(row.address, strict=False),
        make=row.make,
        gateway=row.gateway,
        secret=HiddenBytes(vault.open(row.sealed_secret).get_secret_value().encode()),
        message_authenticator_required=row.message_authenticator == "required",
        octets_from_client_view=row.octets_from_client_view,
        mac_authentication=row.mac_authentication,
        coa_port=row.coa_port,
        plan_id=row.hotspot.plan_id,
        hotspot=row.hotspot.slug,
        authority=row.hotspot.authority.slug,
    )
