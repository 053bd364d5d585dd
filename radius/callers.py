"""Who calls: the access points behind a source address, with their secrets made ready."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from hotspots.clients import Client
from hotspots.directory import Directory
from radius import attributes
from radius.numbers import Attribute
from radius.shared_secret import SharedSecret
from radius.wire import Packet

_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class Caller:
    """An access point and its secret, ready for signing; ``heard_from`` is where it last called from."""

    client: Client
    secret: SharedSecret
    heard_from: str | None = None


class Callers:
    """The access points of the directory. A secret is made ready once, until the access point changes."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._clients = directory.clients
        self._ready: dict[int, Caller] = {}
        self._at: dict[str, list[Caller]] = {}

    def at(self, address: str) -> list[Caller]:
        """Those that may call from this IP address; several where they share a line or a subnet."""
        if self._clients is not self._directory.clients or len(self._at) > _MOST_ADDRESSES:
            self._clients = self._directory.clients
            self._at.clear()
        known = self._at.get(address)
        if known is None:
            known = self._at[address] = [self._caller(client) for client in self._clients.at(address)]
        return known

    def reach(self, access_point_id: int) -> tuple[Caller, str] | None:
        """An access point in service and the IP address to send to.

        None where it is in service no more, or where only its subnet is known and it has not called yet.
        """
        client = self._directory.clients.by_id.get(access_point_id)
        if client is None:
            return None
        caller = self._caller(client)
        network = client.network
        if network.num_addresses == 1:
            return caller, str(network.network_address)
        return None if caller.heard_from is None else (caller, _plain(caller.heard_from))

    def _caller(self, client: Client) -> Caller:
        known = self._ready.get(client.id)
        # Clients are replaced as a whole when anything of them changes, so identity tells.
        if known is not None and known.client is client:
            return known
        heard_from = known.heard_from if known is not None else None
        caller = self._ready[client.id] = Caller(client, SharedSecret(client.secret), heard_from)
        return caller


def _plain(address: str) -> str:
    """An address as its own family writes it: a socket on ``::`` shows IPv4 senders as ``::ffff:192.0.2.1``."""
    parsed = ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def likeliest_first(candidates: list[Caller], packet: Packet) -> list[Caller]:
    """The candidates, those that the packet's NAS-Identifier names first."""
    if len(candidates) == 1:
        return candidates
    named = attributes.text(packet, Attribute.NAS_IDENTIFIER)
    return sorted(candidates, key=lambda caller: caller.client.nas_identifier != named)
