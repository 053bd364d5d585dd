"""Which versions of RADIUS are spoken over TLS (RFC 9765 section 3.3, its flag "Version")."""

from __future__ import annotations

from enum import StrEnum


class RadiusVersions(StrEnum):
    """What is agreed to by ALPN; a peer that knows no ALPN speaks the historic RADIUS/TLS of RFC 6614."""

    HISTORIC = "1.0"
    EITHER = "1.0, 1.1"
    TOKENS = "1.1"

    @property
    def protocols(self) -> list[str]:
        """The names for ALPN, the better first."""
        return [f"radius/{number}" for number in reversed(self.value.split(", "))]
