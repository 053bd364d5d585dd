"""Cisco's local web authentication with an external page (AireOS, Catalyst 9800): parameters there, a form back.

Source: Cisco's configuration guides, "Web-Based Authentication", external web server. Nothing is signed: the
controller is named by the path that its login URL leads to, and a login goes to a private address only, which the
virtual address of a controller is (192.0.2.1). Nothing here opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import is_private, login_base, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

# By ``statusCode``, which comes back where a login was not made.
_RESULTS: Final[Mapping[str, Result]] = {
    "": Result.NOT_YET,
    "1": Result.ALREADY,
    "2": Result.ALREADY,  # nothing has to be logged in to
    "3": Result.FAILED,
    "4": Result.FAILED,
    "5": Result.FAILED,
}


def read(query: Mapping[str, str], nas_identifier: str) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the controller's network."""
    device = mac.normalise(query.get("client_mac", ""))
    base = login_base(query.get("switch_url", ""), "/login.html", is_private)
    result = _RESULTS.get(query.get("statusCode", ""))
    if device is None or base is None or result is None:
        return None
    return GatewayVisit(
        result=result,
        nas_identifier=nas_identifier,
        device=device,
        login_base=base,
        challenge="",
        called=query.get("ap_mac"),
        user_url=web_address(query.get("redirect", "")),
        gateway="cisco",
    )


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - Cisco knows none
    """To the controller's login form, by POST. ``buttonClicked`` must be 4, or nothing is looked at."""
    fields = (
        ("buttonClicked", "4"),
        ("err_flag", "0"),
        ("username", user_name),
        ("password", password),
        ("redirect_url", back),
    )
    return HandOver(f"{visit.login_base}login.html", fields)
