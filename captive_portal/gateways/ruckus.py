"""Ruckus ZoneDirector and Unleashed, hotspots (WISPr) with a login page elsewhere: parameters there, a form back.

Sources: Ruckus' application note on WISPr hotspots, and redirects as other portals read them. Nothing is signed: the
controller is named by the path that its login page leads to, and a login goes to a private address only. SmartZone
speaks differently (:mod:`captive_portal.gateways.smartzone`). Nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import base_url, ip_address, is_private, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
again_url = by_form.again_url

PORT: Final = 9997
ENCRYPTED_PORT: Final = 9998


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the controller's network.

    The device has to be named (``client_mac``): older releases name only the access point.
    """
    device, server = mac.normalise(query.get("client_mac", "")), query.get("sip", "")
    if device is None or not is_private(server):
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=known.nas_identifier,
        device=device,
        login_base=base_url("https", server, ENCRYPTED_PORT) if known.https else base_url("http", server, PORT),
        challenge="",
        client_ip=ip_address(query.get("uip", "")),
        called=query.get("mac"),
        user_url=web_address(query.get("url", "")),
        gateway="ruckus",
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - where to go on is its own setting
    """To the controller's login form, by POST; it asks for the visitor's address where it is behind a router."""
    fields = (("username", user_name), ("password", password))
    return HandOver(f"{visit.login_base}login", (("ip", visit.client_ip), *fields) if visit.client_ip else fields)


def log_out_url(visit: GatewayVisit) -> str:
    """Where the browser goes to log out."""
    return f"{visit.login_base}logout"
