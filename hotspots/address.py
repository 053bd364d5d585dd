"""Where a service listens: an IP address and a port."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An IP address and a port, written `0.0.0.0:8080` or `[::]:8080`."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `HOST:PORT`; an IPv6 address stands in brackets (RFC 3986, section 3.2.2).

        Raises:
            ValueError: The text is not an IP address and a port from 1 to 65535.
        """
        host, separator, port = text.rpartition(":")
        if not separator or not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= 65535:
            raise ValueError("expected ADDRESS:PORT with a port from 1 to 65535, such as 0.0.0.0:8080")
        if host.startswith("[") and host.endswith("]"):
            return cls(str(ipaddress.IPv6Address(host[1:-1])), int(port))
        try:
            return cls(str(ipaddress.IPv4Address(host)), int(port))
        except ValueError:
            raise ValueError(
                "expected an IP address before the port; IPv6 in brackets, such as [::]:8080"
            ) from None

    @property
    def reachable(self) -> Self:
        """The address to call from this machine: loopback where every interface is listened on."""
        if self.host == "0.0.0.0":  # noqa: S104 - compared with, not bound
            return replace(self, host="127.0.0.1")
        return replace(self, host="::1") if self.host == "::" else self

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
