"""Aruba's external captive portal, of controllers (ArubaOS) and Instant access points: parameters there, a form back.

Sources: HPE Aruba's user guides, "Captive Portal Authentication", and redirects of Instant access points as portals
have logged them. Nothing is signed: the access point is named by the path that its captive portal profile leads to,
and a login goes to a private address or to the name that Aruba's certificate has. Nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import base_url, ip_address, is_private, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
again_url = by_form.again_url

OWN_NAMES: Final = ("securelogin.arubanetworks.com", "securelogin.hpe.com")
"""What access points call themselves, and answer to inside of their own networks only."""

_LONGEST_ERROR: Final = 200


def read(query: Mapping[str, str], nas_identifier: str) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the access point's network."""
    device = mac.normalise(query.get("mac", ""))
    base = _login_base(query.get("switchip") or OWN_NAMES[0])
    if device is None or base is None or query.get("cmd") != "login":
        return None
    error = query.get("errmsg", "")[:_LONGEST_ERROR]
    return GatewayVisit(
        result=Result.FAILED if error else Result.NOT_YET,
        nas_identifier=nas_identifier,
        device=device,
        login_base=base,
        challenge="",
        client_ip=ip_address(query.get("ip", "")),
        called=query.get("apmac"),
        user_url=web_address(query.get("url", "")),
        reply=error or None,
        gateway="aruba",
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - Aruba knows none
    """To the access point's login form, by POST; it sends on to ``url`` whoever it has let in."""
    fields = (("cmd", "authenticate"), ("user", user_name), ("password", password), ("url", back))
    return HandOver(f"{visit.login_base}cgi-bin/login", fields)


def log_out_url(visit: GatewayVisit) -> str | None:
    """Where the browser goes to log out; the access point says so with a page of its own."""
    return f"{visit.login_base}cgi-bin/login?cmd=logout"


def _login_base(host: str) -> str | None:
    try:
        parts = urlsplit(f"https://{host}")
        port = parts.port
    except ValueError:
        return None
    name = parts.hostname or ""
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return base_url("https", name, port) if is_private(name) or (name in OWN_NAMES and port is None) else None
