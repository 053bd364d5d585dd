"""The login page as residents see it at an access point, shown to staff; nothing can be sent from it."""

from __future__ import annotations

from typing import Final

from flask import Response

from captive_portal.gateways.visit import GatewayVisit, Result
from captive_portal.places import Place, place_of
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival
from captive_portal.services import services
from hotspots.models import AccessPoint

_NOBODYS_DEVICE: Final = "02:00:00:00:00:00"
_NOTHING_IS_SENT: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none';"
    " base-uri 'none'"
)


def login_page(point: AccessPoint) -> Response:
    """That of this access point, in the language of the request."""
    place = place_of(point, services().database.vault)
    response = pages.login_page(_nobodys_arrival(place, point.nas_identifier), preview=True)
    response.headers["Content-Security-Policy"] = _NOTHING_IS_SENT
    return response


def _nobodys_arrival(place: Place, nas_identifier: str) -> Arrival:
    """With a token that the links of the page work with; without a challenge nobody gets in with it."""
    here = services()
    now = here.clock()
    visit = GatewayVisit(
        Result.NOT_YET, nas_identifier, _NOBODYS_DEVICE, f"{here.settings.portal_base_url}/", challenge=""
    )
    return Arrival(visit, place, now, here.visits.sign(visit, now))
