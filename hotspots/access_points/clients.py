"""Access points as RADIUS clients, found by the address that a packet comes from, or by what they call themselves."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from hotspots import models
from hotspots.access_points import whereabouts
from hotspots.access_points.sightings import former_in_use
from hotspots.access_points.whereabouts import DYNAMIC, Network
from hotspots.logins.asking_again import Place
from hotspots.logins.travel import Position
from hotspots.vault import Vault

_MOST_ADDRESSES_REMEMBERED = 10_000


class HiddenBytes(bytes):
    """Octets that do not show in ``repr``."""

    def __repr__(self) -> str:
        return "***"


class SignaturePolicy(StrEnum):
    """Whether an Access-Request must have a Message-Authenticator: always, from the first one on, or never."""

    REQUIRED = "required"
    LEARN = "learn"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Client:
    """One access point as RADIUS sees it.

    ``plan_id`` is the plan of its hotspot, ``grace_plan_id`` the one for whoever fetches a code by e-mail.
    ``networks`` is from where it calls: none for one that is ``dynamic``, or whose ``host_name`` has no answer yet.
    ``has_signed`` says that a Message-Authenticator was seen from it. ``former_secret`` is good, too, while the
    secret is being changed, and ``former_in_use`` says that it was the last one that was used.
    """

    id: int
    name: str
    nas_identifier: str
    networks: tuple[Network, ...]
    make: str
    gateway: str
    secret: HiddenBytes
    signature_policy: SignaturePolicy
    octets_from_client_view: bool
    mac_authentication: bool
    coa_port: int
    plan_id: int
    hotspot: str
    authority: str
    host_name: str | None = None
    dynamic: bool = False
    has_signed: bool = False
    former_secret: HiddenBytes | None = None
    former_in_use: bool = False
    timeout_ms: int | None = None
    position: Position | None = None
    grace_plan_id: int | None = None

    @property
    def place(self) -> Place:
        """Its hotspot, and where that is."""
        return Place(self.hotspot, self.position)

    @property
    def must_sign(self) -> bool:
        """Whether an Access-Request without Message-Authenticator is dropped."""
        learned = self.signature_policy is SignaturePolicy.LEARN and self.has_signed
        return learned or self.signature_policy is SignaturePolicy.REQUIRED


class Clients:
    """All access points that are in service. ``dynamic`` are those without an address, by their NAS-Identifier."""

    def __init__(self, clients: Iterable[Client] = ()) -> None:
        self.by_id = {client.id: client for client in clients}
        self.dynamic = {client.nas_identifier: client for client in self.by_id.values() if client.dynamic}
        by_network: dict[Network, list[Client]] = {}
        for client in self.by_id.values():
            for network in client.networks:
                by_network.setdefault(network, []).append(client)
        nearest_first = sorted(by_network, key=lambda network: network.prefixlen, reverse=True)
        self._by_network = {network: tuple(by_network[network]) for network in nearest_first}
        self._remembered: dict[str, tuple[Client, ...]] = {}

    @property
    def host_names(self) -> set[str]:
        """The names whose addresses are to be known."""
        return {client.host_name for client in self.by_id.values() if client.host_name is not None}

    def located(self, addresses: Mapping[str, tuple[Network, ...]]) -> Clients:
        """The same, with those that have a host name where these answers say; the others are the same objects."""
        return Clients(
            replace(client, networks=found)
            if client.host_name is not None
            and (found := addresses.get(client.host_name, client.networks)) != client.networks
            else client
            for client in self.by_id.values()
        )

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
    point, state = models.AccessPoint, models.AccessPointState
    rows = db.execute(
        select(point, state)
        .outerjoin(state, state.access_point_id == point.id)
        .where(point.removed_at.is_(None))
        .options(joinedload(point.hotspot).joinedload(models.Hotspot.authority))
    )
    # No packet has made a state yet where there is none.
    return Clients(_client(row, heard or state(), vault) for row, heard in rows)


def _client(row: models.AccessPoint, state: models.AccessPointState, vault: Vault) -> Client:
    return Client(
        id=row.id,
        name=row.name,
        nas_identifier=row.nas_identifier,
        networks=_networks(row.address, state.resolved_addresses),
        make=row.make,
        gateway=row.gateway,
        secret=_opened(vault, row.sealed_secret),
        signature_policy=SignaturePolicy(row.message_authenticator),
        octets_from_client_view=row.octets_from_client_view,
        mac_authentication=row.mac_authentication,
        coa_port=row.coa_port,
        plan_id=row.hotspot.plan_id,
        hotspot=row.hotspot.slug,
        authority=row.hotspot.authority.slug,
        host_name=whereabouts.host_name_of(row.address),
        dynamic=row.address == DYNAMIC,
        has_signed=state.signed_at is not None,
        former_secret=None if row.sealed_former_secret is None else _opened(vault, row.sealed_former_secret),
        former_in_use=former_in_use(state.secret_used_at, state.former_secret_used_at),
        timeout_ms=row.timeout_ms,
        position=Position(row.hotspot.latitude, row.hotspot.longitude),
        grace_plan_id=row.hotspot.grace_plan_id,
    )


def _opened(vault: Vault, sealed: bytes) -> HiddenBytes:
    return HiddenBytes(vault.open(sealed).get_secret_value().encode())


def _networks(address: str, resolved: str | None) -> tuple[Network, ...]:
    fixed = whereabouts.network_of(address)
    if fixed is not None:
        return (fixed,)
    return whereabouts.networks_of(resolved) if resolved and address != DYNAMIC else ()
