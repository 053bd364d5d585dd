"""Which private network the residents of an access point get."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from config_templates.errors import ConfigError

PRIVATE_SPACE = IPv4Network("10.0.0.0/8")
PREFIX_LENGTH = 22
WIDEST_PREFIX = 16
NARROWEST_PREFIX = 26
# Addresses that are not leased: the gateway, and a few for whatever a technician plugs in.
RESERVED_HOSTS = 9


@dataclass(frozen=True)
class AddressPlan:
    """The hotspot's own network behind the access point; its uplink gets its address by DHCP.

    Attributes:
        network: The residents' network, inside 10.0.0.0/8, between /16 and /26.

    Raises:
        ConfigError: A network outside of that.
    """

    network: IPv4Network

    def __post_init__(self) -> None:
        if not self.network.subnet_of(PRIVATE_SPACE):
            raise ConfigError("network", f"must lie inside {PRIVATE_SPACE}")
        if not WIDEST_PREFIX <= self.network.prefixlen <= NARROWEST_PREFIX:
            raise ConfigError("network", f"must be between /{WIDEST_PREFIX} and /{NARROWEST_PREFIX}")

    @property
    def gateway(self) -> IPv4Address:
        """The access point's own address in it."""
        return self.network.network_address + 1

    @property
    def first_lease(self) -> IPv4Address:
        """The first address that residents get."""
        return self.network.network_address + RESERVED_HOSTS + 1

    @property
    def last_lease(self) -> IPv4Address:
        """The last address that residents get."""
        return self.network.broadcast_address - 1

    @property
    def lease_count(self) -> int:
        """How many residents' devices fit."""
        return int(self.last_lease) - int(self.first_lease) + 1


def derive(nas_identifier: str, taken: Iterable[IPv4Network] = ()) -> AddressPlan:
    """The plan of an access point that was given none: a /22 picked by its NAS-Identifier, the same every time.

    Two access points may draw the same network: each stands behind its own address translation.

    Args:
        nas_identifier: The access point's NAS-Identifier.
        taken: Networks that it must reach beyond its uplink, and so must not use itself.

    Raises:
        ConfigError: All of 10.0.0.0/8 is taken.
    """
    slots = 2 ** (PREFIX_LENGTH - PRIVATE_SPACE.prefixlen)
    drawn = int.from_bytes(hashlib.sha256(nas_identifier.encode()).digest()[:8], "big")
    avoided = tuple(taken)
    for step in range(slots):
        first = int(PRIVATE_SPACE.network_address) + ((drawn + step) % slots) * 2 ** (32 - PREFIX_LENGTH)
        network = IPv4Network((first, PREFIX_LENGTH))
        if not any(network.overlaps(other) for other in avoided):
            return AddressPlan(network)
    raise ConfigError("network", f"no network is free in {PRIVATE_SPACE}; give one")
