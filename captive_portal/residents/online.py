"""Being online: what is left, what was used, and logging out."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.dialects import LET_IN_WHOM_THEY_ARE_TOLD
from captive_portal.gateways.visit import Result
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, from_token
from captive_portal.residents.letting_in import CLOSERS
from captive_portal.sentences import SENTENCES, ending_sentence
from captive_portal.services import services
from hotspots import models
from hotspots.policy import Usage
from hotspots.public_pages.ways_in import WayIn
from hotspots.sessions import disconnects
from hotspots.sessions.standing import (
    Standing,
    State,
    standing,
    state_before_start,
    was_let_in,
)

_ONLINE = (Result.SUCCESS, Result.ALREADY)
_LONG_AGO = timedelta(days=1)


def status() -> Response:
    """How the device of this visit stands; the page calls itself again each minute."""
    arrival = from_token()
    here = services()
    now = here.clock()
    found = standing_of(arrival)
    over = found.session.terminate_cause if found.session is not None and found.state is State.OVER else None
    return pages.page(
        "residents/status.html",
        arrival=arrival,
        endpoint="residents.status",
        standing=found,
        heard_seconds=0 if found.heard_at is None else max(0, int((now - found.heard_at).total_seconds())),
        ending=ending_sentence(over),
        sentence=None if found.refusal is None else SENTENCES[found.refusal.reason],
        again=arrival.dialect.again_url(arrival.visit),
        may_keep=found.plan is not None and found.plan.remember_seconds is not None and is_proved(arrival),
        may_carry=found.can_be_carried and WayIn.VOUCHER in arrival.place.ways_in,
        code_waits=here.codes.waiting(arrival.visit.device, now),
        by_itself="updates" in request.args,
        goes_on_to=pages.goes_on_to(arrival) if arrival.visit.result is Result.SUCCESS else None,
    )


def log_out() -> Redirect:
    """End the session: by the visit's gateway, or by a Disconnect where that cannot, or the device has moved on."""
    arrival, here = from_token(), services()
    found = standing_of(arrival)
    elsewhere = found.session is not None and found.session.access_point_id != arrival.place.access_point_id
    at_the_gateway = arrival.dialect.log_out_url(arrival.visit)
    if at_the_gateway is not None and (found.state is not State.ONLINE or not elsewhere):
        return redirect(at_the_gateway, 303)
    if found.session_id is not None and found.state is not State.OVER:
        closer = None if elsewhere else CLOSERS.get(arrival.visit.gateway)
        if closer is not None and closer(arrival):
            return redirect(url_for("residents.status", visit=arrival.token), 303)
        with here.database.write() as db:
            disconnects.ask_for_resident(db, db.get_one(models.Session, found.session_id), here.clock())
    return redirect(url_for("residents.status", visit=arrival.token), 303)


def can_be_proved(arrival: Arrival) -> bool:
    """Whether anything at this gateway can prove that a visitor holds the device that they name."""
    return arrival.visit.gateway not in LET_IN_WHOM_THEY_ARE_TOLD


def is_proved(arrival: Arrival) -> bool:
    """Whether the visitor holds the device that the visit names: its gateway signed it, or RADIUS let it in."""
    if not can_be_proved(arrival):
        return False
    visit = arrival.visit
    if arrival.dialect.DEVICE_IS_SIGNED:
        return True
    return visit.ticket is not None and was_let_in(services().database, visit.device, visit.ticket)


def standing_of(arrival: Arrival) -> Standing:
    """How the device of this visit stands, or the session that the visitor began: as much as is proved to be theirs."""
    here = services()
    now = here.clock()
    came_at = arrival.signed_at if arrival.visit.result in _ONLINE else now - _LONG_AGO
    visit, proved = arrival.visit, is_proved(arrival)
    if not proved and visit.ticket is None:
        return Standing(state_before_start(came_at, now), Usage())
    return standing(here.database, visit.device, came_at, now, None if proved else visit.ticket)
