"""UniFi's hotspot with an external portal: what its redirect says. The controller lets in, and nobody else.

Source: Ubiquiti, "External Hotspot API for Authorization", and redirects of UniFi Network 9. Nothing is signed: before
somebody is let in, the controller has to see the device on the site that the redirect names. Nothing here opens
anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

log_out_url = by_form.no_log_out_url
again_url = by_form.again_url


def access_point(query: Mapping[str, str]) -> tuple[str, ...]:
    """By which NAS-Identifiers the access point may stand in the inventory: its MAC address, with colons or without."""
    address = mac.normalise(query.get("ap", ""))
    return () if address is None else (address, address.replace(":", ""))


def read(
    query: Mapping[str, str], nas_identifier: str, site: str, expected_site: str | None
) -> GatewayVisit | None:
    """The redirect as a visit; None where it names no device, or another site than the access point is on."""
    device = mac.normalise(query.get("id", ""))
    if device is None or site != (expected_site or "default"):
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=nas_identifier,
        device=device,
        login_base="",
        challenge="",
        called=query.get("ap"),
        user_url=web_address(query.get("url", "")),
        gateway="unifi",
    )


def can_log_in(visit: GatewayVisit) -> bool:
    """Whether nobody has been let in by this visit."""
    return visit.result is Result.NOT_YET


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - there is no login there
    """Straight to our page: who comes to it is in already."""
    return HandOver(back)
