"""Leaving a kiosk: its session ends, and a picture takes what is left of it to the phone that scans it.

The picture leads to where that of a voucher leads: the phone keeps the code until it is behind a gateway.
"""

from __future__ import annotations

from flask import Response, url_for

from captive_portal.qr import picture
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, from_token
from captive_portal.residents.online import is_proved, standing_of
from captive_portal.sentences import NOT_NOW
from captive_portal.services import services
from hotspots import keys, vouchers
from hotspots.public_pages.ways_in import WayIn
from hotspots.residents import carrying
from hotspots.residents.carrying import Rest
from hotspots.sessions.standing import Standing


def leave() -> Response:
    """End the kiosk's session, and show the picture once."""
    arrival = from_token()
    code = _carry(arrival, standing_of(arrival)) if is_proved(arrival) else None
    if code is None:
        return pages.page(
            "residents/not_carried.html", arrival=arrival, endpoint="residents.status", status=NOT_NOW
        )
    here, shown = services(), vouchers.grouped(code)
    address = f"{here.settings.portal_base_url}{url_for('residents.index', voucher=shown)}"
    return pages.page(
        "residents/carried.html",
        arrival=arrival,
        endpoint="residents.status",
        code=shown,
        picture=picture(address),
        until=here.clock() + carrying.GOOD_FOR,
    )


def _carry(arrival: Arrival, found: Standing) -> str | None:
    if not found.can_be_carried or found.session_id is None or found.seconds_left is None:
        return None
    if WayIn.VOUCHER not in arrival.place.ways_in:
        return None
    here = services()
    key = keys.derive(here.settings.secret_key, keys.VOUCHER_LOOKUP)
    rest = Rest(found.seconds_left, found.octets_left)
    with here.database.write() as db:
        return carrying.carry(db, here.database.vault, key, found.session_id, rest, here.clock())
