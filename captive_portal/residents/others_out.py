"""Logging one's other devices out, where what they hold keeps this one from going online."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as Redirect

from captive_portal.residents import pages
from captive_portal.residents.arrival import fresh_from_token
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.sentences import FORBIDDEN
from captive_portal.services import services
from hotspots.logins.admission import Held
from hotspots.sessions import other_devices


def others_out() -> Response | Redirect:
    """Ask for the end of their sessions, and go online here once those have ended."""
    arrival = fresh_from_token()
    here, now = services(), services().clock()
    device, place, token = arrival.visit.device, arrival.place.access_point_id, request.form.get("held", "")
    known = here.held.read(token, device, place, now)
    if known is None:
        return pages.login_page(arrival, FORBIDDEN)
    decision = here.admission.of_subject(place, device, *known, TERMS_VERSION, now)
    if not isinstance(decision, Held):
        return back_to_gateway(arrival, decision)
    with here.database.write() as db:
        other_devices.ask_to_end(db, decision.subject, device, now)
    return pages.page("residents/others_out.html", arrival=arrival, endpoint="residents.visit", held=token)
