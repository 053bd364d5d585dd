"""FortiGate's captive portal with an external page: parameters there, a form back.

Sources: Fortinet's guides, "Captive portal security, external server", and a redirect in its technical tips. Nothing
is signed: the FortiGate is named by the path that its external page leads to, and a login goes to a private address
only. "magic" names the visitor to it. Nothing here opens anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from captive_portal.gateways.addresses import PLAIN_ADDRESS, base_url, ip_address, is_private
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False
_PATH: Final = "/fgtauth"
_MAGIC: Final = re.compile(r"[0-9A-Za-z]{1,64}")


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the FortiGate's network."""
    device, base = mac.normalise(query.get("usermac", "")), _login_base(query.get("post", ""))
    magic = query.get("magic", "")
    if device is None or base is None or not _MAGIC.fullmatch(magic):
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=known.nas_identifier,
        device=device,
        login_base=base,
        challenge="",
        client_ip=ip_address(query.get("userip", "")),
        called=query.get("apmac"),
        gateway="fortinet",
        carried=magic,
    )


def can_log_in(visit: GatewayVisit) -> bool:
    """Always: the password is asked for as it is (PAP)."""
    return visit.result is Result.NOT_YET


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - where to go on is its own setting
    """To the FortiGate's login form, by POST."""
    fields = (("magic", visit.carried or ""), ("username", user_name), ("password", password))
    return HandOver(f"{visit.login_base}{_PATH[1:]}", fields)


def log_out_url(visit: GatewayVisit) -> str | None:  # noqa: ARG001 - its own needs a key that it shows to the browser alone
    """None: a Disconnect ends the session."""
    return None


def again_url(visit: GatewayVisit) -> str:  # noqa: ARG001 - it is the same for all
    """Any plain page: it is redirected to us."""
    return PLAIN_ADDRESS


def _login_base(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or parts.path != _PATH or not is_private(host):
        return None
    if parts.username is not None or parts.query or parts.fragment:
        return None
    return base_url(parts.scheme, host, port)
