"""Asking the resolver of this machine for a host name."""

from __future__ import annotations

import socket


def resolve(host_name: str) -> str:
    """The addresses of a host, IPv4 and IPv6, sorted and with commas between. Waits for the resolver.

    Raises:
        OSError: It has none, or nobody who knows it can be reached.
    """
    try:
        found = socket.getaddrinfo(host_name, None, type=socket.SOCK_DGRAM)
    except UnicodeError as error:
        raise OSError(f"{host_name} is no host name: {error}") from error
    return ",".join(sorted({str(address[0]).partition("%")[0] for *_, address in found}))
