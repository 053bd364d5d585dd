"""Meraki's sign-on splash page on a server of one's own: parameters there, a form to Meraki's cloud, which asks RADIUS.

Source: Cisco Meraki, "Captive Portal API", sign-on. Nothing is signed: the network is named by the path that its splash
URL leads to. The login is not in a network of its own but at Meraki's, so it goes to ``network-auth.com`` only, and
only encrypted. The click-through page, which lets in without RADIUS, is not used. Nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import base_url, ip_address, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

_CLOUD: Final = ".network-auth.com"
_PATH: Final = "/splash/login"
_LONGEST: Final = 2_000


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would go elsewhere than to Meraki."""
    device, login_url = mac.normalise(query.get("client_mac", "")), query.get("login_url", "")
    base = _login_base(login_url)
    if device is None or base is None:
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=known.nas_identifier,
        device=device,
        login_base=base,
        challenge="",
        client_ip=ip_address(query.get("client_ip", "")),
        called=query.get("ap_mac"),
        user_url=web_address(query.get("continue_url", "")),
        gateway="meraki",
        carried=login_url,
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - Meraki knows none
    """To Meraki's login form, by POST; it sends on to ``success_url`` whoever it has let in."""
    fields = (("username", user_name), ("password", password), ("success_url", back))
    return HandOver(visit.carried or "", fields)


def _login_base(url: str) -> str | None:
    if len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.path != _PATH or not host.endswith(_CLOUD) or parts.username is not None:
        return None
    return base_url("https", host, port)
