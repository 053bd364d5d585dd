"""Who calls: the access points behind a source address, with their secrets made ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from hotspots.access_points.clients import Client, SignaturePolicy
from hotspots.logins.directory import Directory
from radius import attributes
from radius.bucket import Bucket
from radius.numbers import Attribute
from radius.shared_secret import SharedSecret
from radius.wire import Packet

SOURCE_RATE: Final = 5000
"""Packets a second that one address may send to a worker, where the settings say nothing else."""

_BURST_SECONDS: Final = 2.0
_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class Caller:
    """An access point and a secret of it, ready for signing; ``heard_from`` is where it last called from.

    While its secret is being changed there are two of these. ``awaits_signature`` says that it has not been seen to
    send a Message-Authenticator; ``heard`` that this secret was used since somebody last put that back.
    """

    client: Client
    secret: SharedSecret
    has_former_secret: bool = False
    heard_from: str | None = None
    heard: bool = False
    must_sign: bool = False
    awaits_signature: bool = False


@dataclass(slots=True)
class Source:
    """An address that packets come from: who may call from there, the likeliest first, and how much they may send."""

    callers: list[Caller]
    bucket: Bucket


class Callers:
    """The access points of the directory. A secret is made ready once, until the access point changes.

    An address may send ``source_rate`` packets a second.
    """

    def __init__(
        self, directory: Directory, source_rate: float = SOURCE_RATE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._directory = directory
        self._source_rate = source_rate
        self._clock = clock
        self._clients = directory.clients
        self._ready: dict[int, tuple[Caller, ...]] = {}
        self._sources: dict[str, Source] = {}
        self._buckets: dict[str, Bucket] = {}
        self._signed: set[int] = set()
        self._learned: list[int] = []

    def at(self, address: str) -> Source:
        """Those that may call from this IP address; several where they share a line or a subnet."""
        if self._clients is not self._directory.clients or len(self._sources) > _MOST_ADDRESSES:
            self._clients = self._directory.clients
            self._sources.clear()
        known = self._sources.get(address)
        if known is None:
            callers = [caller for client in self._clients.at(address) for caller in self._callers_of(client)]
            known = self._sources[address] = Source(callers, self._bucket(address, known=bool(callers)))
        return known

    @property
    def some_are_dynamic(self) -> bool:
        """Whether a packet from an unknown address may be somebody's."""
        return bool(self._directory.clients.dynamic)

    def named(self, packet: Packet) -> tuple[Caller, ...]:
        """The access point without an address of its own that a packet's NAS-Identifier names; none otherwise."""
        dynamic = self._directory.clients.dynamic
        if not dynamic:
            return ()
        client = dynamic.get(attributes.text(packet, Attribute.NAS_IDENTIFIER) or "")
        return () if client is None else self._callers_of(client)

    def reach(self, access_point_id: int) -> tuple[Caller, str] | None:
        """An access point in service, with the secret that it used last, and the IP address to send to.

        None where it is in service no more, or where it has no address of its own and has not called yet.
        """
        client = self._directory.clients.by_id.get(access_point_id)
        if client is None:
            return None
        callers = self._callers_of(client)
        single = [network for network in client.networks if network.num_addresses == 1]
        if single:
            return callers[0], str(single[0].network_address)
        heard_from = next((caller.heard_from for caller in callers if caller.heard_from is not None), None)
        return None if heard_from is None else (callers[0], _plain(heard_from))

    def learn(self, caller: Caller) -> None:
        """From now on it is known to send a Message-Authenticator; here at once, elsewhere once it is written down."""
        self._signed.add(caller.client.id)
        self._learned.append(caller.client.id)
        for each in self._callers_of(caller.client):
            each.awaits_signature = False
            each.must_sign |= caller.client.signature_policy is SignaturePolicy.LEARN

    def take_learned(self) -> list[int]:
        """Those of whom that is new since this was last asked."""
        learned, self._learned = self._learned, []
        return learned

    def ready(self) -> Iterator[Caller]:
        """Those that have called, or were asked for."""
        for callers in self._ready.values():
            yield from callers

    def _bucket(self, address: str, *, known: bool) -> Bucket:
        """An access point's is kept when access points change; strangers may be many."""
        if not known:
            return self._new_bucket()
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.clear()
        return self._buckets.get(address) or self._buckets.setdefault(address, self._new_bucket())

    def _new_bucket(self) -> Bucket:
        return Bucket(self._source_rate, self._source_rate * _BURST_SECONDS, self._clock)

    def _callers_of(self, client: Client) -> tuple[Caller, ...]:
        """One for each of its secrets, the one that was used last at first."""
        known = self._ready.get(client.id, ())
        # Clients are replaced as a whole when anything of them changes, so identity tells.
        if known and known[0].client is client:
            return known
        heard_from = next((caller.heard_from for caller in known if caller.heard_from is not None), None)
        secrets = [(client.secret, False)]
        if client.former_secret is not None:
            secrets.insert(0 if client.former_in_use else 1, (client.former_secret, True))
        signed = self._has_signed(client)
        policy = client.signature_policy
        callers = self._ready[client.id] = tuple(
            Caller(
                client,
                SharedSecret(secret),
                has_former_secret=is_former,
                heard_from=heard_from,
                must_sign=client.must_sign or (signed and policy is SignaturePolicy.LEARN),
                awaits_signature=not signed and policy is not SignaturePolicy.REQUIRED,
            )
            for secret, is_former in secrets
        )
        return callers

    def _has_signed(self, client: Client) -> bool:
        """What was seen here counts until it is written down; from then on the database says it, or forgets it."""
        if client.has_signed:
            self._signed.discard(client.id)
        return client.has_signed or client.id in self._signed


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
