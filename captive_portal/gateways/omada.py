"""TP-Link Omada's external web portal with a RADIUS server: parameters there, a form back to the controller.

Source: TP-Link, "API and Code Sample for RADIUS Server with External Web Portal (Omada Controller 4.1.5 or above)", and
redirects and forms of a software controller 5.15 as other portals have logged them. Controllers take the form from
5.3.1 on; older ones want JSON, which no form can send. Nothing is signed: the controller is named by the path that its
portal leads to, and a login goes to a private address, or to the one that the inventory says it calls from. It finds
the visitor by what it sent, so all of that goes back with the login. Nothing here opens anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import base_url, is_private, login_base, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac
from hotspots.access_points.whereabouts import DYNAMIC

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

_PATH: Final = "/portal/radius/browserauth"
_EXTERNAL_RADIUS: Final = ("authType", "2")
_CARRIED: Final = ("clientMac", "clientIp", "apMac", "gatewayMac", "ssidName", "radioId", "vid")
_LONGEST: Final = 1_000
_PORT: Final = re.compile(r"[0-9]{1,5}")


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would go elsewhere than to the controller."""
    # TP-Link itself writes clientIp and clientIP, gatewayMac and GatewayMac.
    given = {name.lower(): value for name, value in query.items()}
    device, base = mac.normalise(given.get("clientmac", "")), _login_base(given, known.calls_from)
    carried = urlencode([(name, given[name.lower()]) for name in _CARRIED if name.lower() in given])
    if device is None or base is None or len(carried) > _LONGEST:
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=known.nas_identifier,
        device=device,
        login_base=base,
        challenge="",
        called=given.get("apmac") or given.get("gatewaymac"),
        user_url=web_address(given.get("originurl") or given.get("originalurl", "")),
        gateway="omada",
        carried=carried,
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - Omada knows none
    """To the controller's login form, by POST; it sends on to ``originUrl`` whoever it has let in."""
    carried = parse_qsl(visit.carried or "", keep_blank_values=True)
    login = (("originUrl", back), ("username", user_name), ("password", password))
    return HandOver(f"{visit.login_base}{_PATH[1:]}", (*carried, _EXTERNAL_RADIUS, *login))


def _login_base(given: Mapping[str, str], calls_from: str) -> str | None:
    host, port = given.get("target", ""), given.get("targetport", "")
    if not _PORT.fullmatch(port):
        return None
    url = base_url(given.get("scheme", ""), host, int(port)) + _PATH[1:]
    return login_base(url, _PATH, lambda name: is_private(name) or name == calls_from != DYNAMIC)
