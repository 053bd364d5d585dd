"""FortiGate's captive portal with an external page: parameters there, a form back.

Sources: Fortinet's guides, "Captive portal security, external server", and a redirect in its technical tips. Nothing
is signed: the FortiGate is named by the path that its external page leads to, and a login goes to a private address
only. "magic" names the visitor to it. Nothing here opens anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import ip_address, is_private, login_base
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

can_log_in = by_form.can_log_in
log_out_url = by_form.no_log_out_url
again_url = by_form.again_url

_PATH: Final = "/fgtauth"
_MAGIC: Final = re.compile(r"[0-9A-Za-z]{1,64}")


def read(query: Mapping[str, str], known: Expected) -> GatewayVisit | None:
    """The redirect as a visit; None where a part is missing, or a login would leave the FortiGate's network."""
    device, base = mac.normalise(query.get("usermac", "")), login_base(query.get("post", ""), _PATH, is_private)
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


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - where to go on is its own setting
    """To the FortiGate's login form, by POST."""
    fields = (("magic", visit.carried or ""), ("username", user_name), ("password", password))
    return HandOver(f"{visit.login_base}{_PATH[1:]}", fields)
