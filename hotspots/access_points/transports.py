"""How an access point speaks RADIUS: over UDP, or over TLS (RadSec, RFC 6614)."""

from __future__ import annotations

from typing import Final

UDP: Final = "udp"
RADSEC: Final = "radsec"

CUSTOMARY_RADSEC_PORT: Final = 2083  # RFC 6614 section 2.1

RADSEC_IS_RENDERED: Final = frozenset((("mikrotik", "mikrotik"), ("openwrt", "coovachilli")))
"""Make and gateway of those whose templates know RADIUS over TLS."""


def fault(transport: str, make: str, gateway: str) -> str | None:
    """Why a configuration with this transport cannot be made, and what to do instead; None where it can."""
    if transport != RADSEC or (make, gateway) in RADSEC_IS_RENDERED:
        return None
    able = " and ".join(f"{one} with {other}" for one, other in sorted(RADSEC_IS_RENDERED))
    return (
        f"radsec is rendered for {able} only, not for {make} with {gateway}: leave it {UDP}, and set "
        "the device up by hand where it can do RadSec (docs/radsec.md)"
    )


def certificate_command(name: str) -> str:
    """What gives an access point the certificate that it needs for RADIUS over TLS."""
    return f"hotspots certificate ap {name} --into certificates/{name}"
