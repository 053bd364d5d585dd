"""Visitors of RouterOS, whose login page has the browser post to the portal."""

from __future__ import annotations

from flask import request

from captive_portal.gateways import mikrotik
from captive_portal.residents.arrival import Arrival, arrived, turned_away
from captive_portal.services import places
from hotspots.policy import Reason


def from_mikrotik() -> Arrival:
    """The visitor whose browser has just posted what RouterOS put into its login page.

    Raises:
        Refused: No RouterOS access point of ours has this name, or what came does not prove that its page is ours.
    """
    place = places().find(request.form.get(mikrotik.IDENTITY))
    # Others sign what they send: in their name nobody may come by this door.
    if place is None or place.gateway != "mikrotik":
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    visit = mikrotik.read(request.form, place.uam_secret)
    if visit is None:
        raise turned_away(Reason.VISIT_FORGED, place)
    return arrived(visit, place)
