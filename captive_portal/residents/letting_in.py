"""Letting in on the portal's own word, at gateways that ask no RADIUS: a pass, and the way to the gateway with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.controllers.known import controller
from captive_portal.controllers.unifi import ControllerError, Guest, UniFi
from captive_portal.gateways import opennds
from captive_portal.languages import chosen
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, Refused, from_token
from captive_portal.services import services
from hotspots.accounting import Status
from hotspots.admission import Admitted
from hotspots.policy import Reason, Refuse
from hotspots.recorder.errand import NotKeptError

PATIENCE: Final = timedelta(seconds=90)
"""How long a visitor is told to wait for a gateway that fetches its passes: it does so each few seconds."""

_LOOK_AGAIN_SECONDS: Final = 2
_LOOKS: Final = 4
_BETWEEN_LOOKS_SECONDS: Final = 0.5

_log = logging.getLogger(__name__)


def waiting() -> Response | Redirect:
    """Wait until the gateway has taken the pass; then on to the status page, in a full navigation."""
    arrival = from_token()
    here, ticket = services(), arrival.visit.ticket
    found = None if ticket is None else here.passes.by_user_name(ticket)
    if found is not None and found.taken_at is not None:
        return redirect(url_for("residents.status", visit=arrival.token, lang=chosen()), 303)
    if found is None or here.clock() - found.granted_at > PATIENCE:
        raise Refused(Refuse(Reason.TRY_LATER), arrival)
    response = pages.page("residents/waiting.html", arrival=arrival, endpoint="residents.waiting")
    # Works without JavaScript, and each look is a navigation, after which phones ask anew whether they are online.
    response.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return response


def _by_opennds(arrival: Arrival, admitted: Admitted, token: str, back: str) -> Redirect:
    here, visit, place = services(), arrival.visit, arrival.place
    here.passes.issue(admitted, visit.device, place.access_point_id, visit.challenge, visit.client_ip, here.clock())
    if place.fas_level in opennds.FETCHES:
        return redirect(url_for("residents.waiting", visit=token, lang=chosen()), 303)
    return redirect(opennds.hand_over(visit, "", "", place.uam_secret, back).url, 303)


def _by_unifi(arrival: Arrival, admitted: Admitted, token: str, back: str) -> Redirect:  # noqa: ARG001 - it has no page
    here, visit, place = services(), arrival.visit, arrival.place
    now = here.clock()
    site = place.site or "default"
    try:
        asked = controller(here.database, place.wifi_controller)
        guest = _seen(asked, site, visit.device)
        if guest is None:
            here.admission.refuse_visit(Reason.VISIT_FORGED, place.access_point_id, None, now)
            raise Refused(Refuse(Reason.VISIT_FORGED), arrival)
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


OPENERS: Final[Mapping[str, Callable[[Arrival, Admitted, str, str], Redirect]]] = MappingProxyType(
    {"opennds": _by_opennds, "unifi": _by_unifi}
)
"""By the gateway: the visitor who was admitted, the token of the visit once they are in, and the page for them then."""
