"""From where an access point calls: an IP address, a subnet, a host name, or anywhere (``dynamic``)."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DYNAMIC: Final = "dynamic"
"""It has no address that lasts: it is known by its NAS-Identifier and the proof that it has its secret."""

_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NAME_CHARACTERS: Final = 253  # RFC 1035 section 2.3.4, without the length octets


def network_of(address: str) -> Network | None:
    """The subnet, of one address or more; None where the text names a host or says ``dynamic``."""
    try:
        return ipaddress.ip_network(address, strict=False)
    except ValueError:
        return None


def host_name_of(address: str) -> str | None:
    """The host name whose address it calls from; None where the text is something else."""
    return None if address == DYNAMIC or network_of(address) is not None else address


def is_host_name(text: str) -> bool:
    """Whether it is a full host name in small letters (RFC 1123 section 2.1): no address, and with a dot in it."""
    labels = text.split(".")
    if len(labels) < 2 or len(text) > _NAME_CHARACTERS or labels[-1].isdigit():
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def networks_of(addresses: str) -> tuple[Network, ...]:
    """Single addresses, written with commas between."""
    return tuple(ipaddress.ip_network(address) for address in addresses.split(","))
