"""Cambium's guest access with an external page (cnPilot, XV and XE access points): parameters there, a form back.

Sources: Cambium's community pages ("Guest Access WLAN, External Hotspot with RADIUS Authentication", and on the ports
of the login). Nothing is signed: the access point is named by the path that its external page leads to, and a login
goes to a private address only. All that came has to go back with it, unchanged. Nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import base_url, is_private, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

PORT: Final = 880
ENCRYPTED_PORT: Final = 444

_CARRIED: Final = ("ga_ssid", "ga_ap_mac", "ga_nas_id", "ga_srvr", "ga_cmac", "ga_Qv")
_LONGEST: Final = 1_000


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the access point's network."""
    device, server = mac.normalise(query.get("ga_cmac", "")), query.get("ga_srvr", "")
    if device is None or not is_private(server) or not query.get("ga_Qv"):
        return None
    carried = urlencode([(name, query[name]) for name in _CARRIED if name in query], quote_via=quote)
    if len(carried) > _LONGEST:
        return None
    return GatewayVisit(
        result=Result.FAILED if query.get("ga_error_code") else Result.NOT_YET,
        nas_identifier=known.nas_identifier,
        device=device,
        login_base=base_url("https", server, ENCRYPTED_PORT) if known.https else base_url("http", server, PORT),
        challenge="",
        called=query.get("ga_ap_mac"),
        user_url=web_address(query.get("ga_orig_url", "")),
        gateway="cambium",
        carried=carried,
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - where to go on is its own setting
    """To the access point's login form, by POST."""
    url = f"{visit.login_base}cgi-bin/hotspot_login.cgi?{visit.carried}"
    return HandOver(url, (("ga_user", user_name), ("ga_pass", password)))
