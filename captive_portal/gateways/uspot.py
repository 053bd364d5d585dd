"""uspot, OpenWrt's own captive portal: it speaks CoovaChilli's "UAM", but for the ways it goes its own.

Source: uspot's ``portal.uc``, ``handler-uam.uc``, ``uam.c`` and ``radius-client.c``. Its challenge is the same for a
device each time; what makes an answer good once is the ticket. The CHAP identifier is 0, as with CoovaChilli. Older
ones do not encode ``userurl``, so that what stands in it may look like parameters, signed with all the others.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from captive_portal.gateways import coovachilli
from captive_portal.gateways.addresses import base_url
from captive_portal.gateways.visit import GatewayVisit

DEVICE_IS_SIGNED: Final = True

can_log_in = coovachilli.can_log_in
hand_over = coovachilli.hand_over
log_out_url = coovachilli.log_out_url


def again_url(visit: GatewayVisit) -> str:
    """The page that uspot serves on port 80: it knows no ``/prelogin``, and redirects to us from there."""
    return f"{base_url('http', urlsplit(visit.login_base).hostname or '')}hotspot/"
