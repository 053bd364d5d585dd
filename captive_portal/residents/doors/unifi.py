"""Visitors of UniFi: what their redirect is worth, and its controller, which lets them in."""

from __future__ import annotations

import logging
import time
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.known import controller
from captive_portal.controllers.unifi import Guest, UniFi
from captive_portal.gateways import unifi
from captive_portal.languages import chosen
from captive_portal.residents.arrival import Arrival, Refused, arrived, turned_away
from captive_portal.services import places, services
from hotspots.logins.admission import Admitted
from hotspots.policy import Reason, Refuse
from hotspots.recorder.errand import NotKeptError
from hotspots.sessions.accounting import Status

_LOOKS: Final = 4
_BETWEEN_LOOKS_SECONDS: Final = 0.5

_log = logging.getLogger(__name__)


def from_unifi(site: str) -> Arrival:
    """The visitor whom UniFi has sent, with parameters that it did not sign, from the site in the path.

    Raises:
        Refused: No UniFi access point of ours has this address, or it is on another site.
    """
    named = (places().find(name) for name in unifi.access_point(request.args))
    place = next((each for each in named if each is not None and each.gateway == "unifi"), None)
    if place is None:
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    visit = unifi.read(request.args, place.nas_identifier, site, place.site)
    if visit is None:
        raise turned_away(Reason.VISIT_FORGED, place)
    return arrived(visit, place)


def let_in(arrival: Arrival, admitted: Admitted, token: str, back: str) -> Redirect:  # noqa: ARG001 - it has no page
    """The controller is asked; see :data:`captive_portal.residents.letting_in.OPENERS`.

    Raises:
        Refused: The controller does not see the device as a guest of the site, or cannot be asked just now.
    """
    here, visit, place = services(), arrival.visit, arrival.place
    now = here.clock()
    site = place.site or "default"
    try:
        asked = controller(here.database, place.wifi_controller)
        guest = _seen(asked, site, visit.device)
        if guest is None:
            raise turned_away(Reason.VISIT_FORGED, place, arrival)
        issued = here.passes.issue(
            admitted, visit.device, place.access_point_id, guest.number, visit.client_ip, now
        )
        asked.let_in(site, guest.number, here.passes.limits(issued))
        here.keep([issued.report(Status.START, visit.gateway, here.clock())])
    except (ControllerError, NotKeptError) as error:
        _log.warning("a visitor of %s is not let in: %s", place.nas_identifier, error)
        raise Refused(Refuse(Reason.TRY_LATER), arrival) from error
    here.passes.taken([issued], now)
    return redirect(url_for("residents.status", visit=token, lang=chosen()), 303)


def _seen(asked: UniFi, site: str, device: str) -> Guest | None:
    """The guest, who may have joined the network only a moment before the controller lists them."""
    for _ in range(_LOOKS):
        guest = asked.find(site, device)
        if guest is not None:
            return guest if guest.is_guest else None
        time.sleep(_BETWEEN_LOOKS_SECONDS)
    return None
