"""Checks of the address by which residents reach the portal."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from hotspots.doctor.finding import Finding, State
from hotspots.settings import Settings

_SETTING = "HOTSPOTS_PORTAL_BASE_URL"


def check_portal_base_url(settings: Settings) -> Iterator[Finding]:
    """Reachable from outside, and by https: residents type codes and staff passwords there."""
    parts = urlsplit(settings.portal_base_url)
    if _is_this_machine(parts.hostname or ""):
        yield Finding(
            "portal_base_url",
            State.ADVICE,
            f"{settings.portal_base_url} is reached from this machine only",
            f"Set {_SETTING} to the public https address before residents come",
        )
    elif parts.scheme != "https":
        yield Finding(
            "portal_base_url",
            State.WRONG,
            f"{settings.portal_base_url} is not encrypted",
            f"Put a reverse proxy with a certificate before the portal and set {_SETTING} to https",
        )
    else:
        yield Finding("portal_base_url", State.OK, settings.portal_base_url)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
