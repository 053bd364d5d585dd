"""Letting in at openNDS: it fetches the pass, or the browser brings it the answer to its token."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways import opennds
from captive_portal.languages import chosen
from captive_portal.residents.arrival import Arrival
from captive_portal.services import services
from hotspots.logins.admission import Admitted


def let_in(arrival: Arrival, admitted: Admitted, token: str, back: str) -> Redirect:
    """The way in with a pass that is issued here; see :data:`captive_portal.residents.letting_in.OPENERS`."""
    here, visit, place = services(), arrival.visit, arrival.place
    here.passes.issue(admitted, visit.device, place.access_point_id, visit.challenge, visit.client_ip, here.clock())
    if place.fas_level in opennds.FETCHES:
        return redirect(url_for("residents.waiting", visit=token, lang=chosen()), 303)
    return redirect(opennds.hand_over(visit, "", "", place.uam_secret, back).url, 303)
