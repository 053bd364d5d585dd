"""Ruckus SmartZone's hotspot (WISPr) with a portal elsewhere: what its redirect says, and what goes back of it.

Sources: CommScope, "RUCKUS One WISPr API" (800-73417), "Redirection Attributes", and redirects of a virtual SmartZone
as other portals have logged them. Nothing is signed. What names the device (``client_mac``, ``uip``) is mostly
encrypted, as ``ENC`` and hexadecimal digits; the controller says which device it is, and has to be told of it in the
very words of the redirect. ``nbiIP`` and ``sip`` are not read: who the controller is stands in the inventory. Nothing
here opens anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import ip_address, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

_ENCRYPTED: Final = re.compile(r"ENC[0-9A-Fa-f]{8,256}")


@dataclass(frozen=True, slots=True)
class Named:
    """What names a visitor to the controller, as its redirect had it; ``uip`` is empty where there was none."""

    client_mac: str
    uip: str
    proxy: str

    @property
    def encrypted(self) -> bool:
        """Whether only the controller can say which device it is."""
        return _ENCRYPTED.fullmatch(self.client_mac) is not None


def named(query: Mapping[str, str]) -> Named | None:
    """Whom a redirect names; None where it names no device, or one or its address strangely."""
    device, address = query.get("client_mac", ""), query.get("uip", "")
    if mac.normalise(device) is None and not _ENCRYPTED.fullmatch(device):
        return None
    if address and ip_address(address) is None and not _ENCRYPTED.fullmatch(address):
        return None
    return Named(device, address, "1" if query.get("proxy") == "1" else "0")


def read(query: Mapping[str, str], nas_identifier: str, visitor: Named, device: str) -> GatewayVisit | None:
    """The redirect as a visit of a device that is known by now; None where that is no MAC address."""
    normalised = mac.normalise(device)
    if normalised is None:
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=nas_identifier,
        device=normalised,
        login_base="",
        challenge="",
        client_ip=ip_address(visitor.uip),
        called=query.get("mac"),
        user_url=web_address(query.get("url", "")),
        gateway="smartzone",
        carried=urlencode(asdict(visitor)),
    )


def named_by(visit: GatewayVisit) -> Named:
    """Whom the redirect named that became this visit."""
    return Named(**dict(parse_qsl(visit.carried or "", keep_blank_values=True)))


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - the portal itself has logged them in
    """Straight to our page: who comes to it is in already."""
    return HandOver(back)
