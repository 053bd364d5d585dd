"""A visitor whom a member of staff lets in: asking, waiting, going on."""

from __future__ import annotations

import logging

from flask import Response, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from captive_portal import security
from captive_portal.languages import chosen
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, fresh_from_token, from_token
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.residents.pages import Mistake
from captive_portal.sentences import FORBIDDEN, NOT_NOW
from captive_portal.services import services
from hotspots.mail import MailNotSent
from hotspots.public_pages.ways_in import WayIn
from hotspots.residents import sponsoring
from hotspots.residents.sponsoring import Standing, State

_MOST_CHARACTERS = 120

_log = logging.getLogger(__name__)


def ask() -> Response | Redirect:
    """Write to the authority that a visitor is here, and wait for the answer."""
    arrival, here = fresh_from_token(), services()
    if WayIn.SPONSOR not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    words = " ".join(request.form.get("words", "").split())[:_MOST_CHARACTERS]
    if not words or not words.isprintable():
        return _mistaken(arrival, words, str(gettext("Say who you are and whom you visit.")), 422)
    asked = sponsoring.ask(here.database, arrival.place.hotspot_id, arrival.visit.device, words, here.clock())
    if asked is None:
        wrong = gettext("The staff was asked often enough for now. Take another way in, or go to the desk.")
        return _mistaken(arrival, words, str(wrong), NOT_NOW)
    try:
        _write(arrival, asked, words)
    except MailNotSent as not_sent:
        _log.error("no sponsor was written to: %s", not_sent)
        wrong = gettext("The staff could not be written to. Take another way in, or go to the desk.")
        return _mistaken(arrival, words, str(wrong), NOT_NOW)
    return redirect(url_for("residents.wait", visit=arrival.token, asked=asked, lang=chosen()), 303)


def wait() -> Response:
    """The page that waits for the answer: by itself where there is JavaScript, by a tap where there is none."""
    arrival, asked = from_token(), request.args.get("asked", "")
    found = _standing(arrival, asked)
    security.allow("script-src", "'self'")
    security.allow("connect-src", "'self'")
    response = pages.page(
        "residents/sponsor.html",
        arrival=arrival,
        endpoint="residents.wait",
        query={"asked": asked},
        asked=asked,
        found=found,
    )
    if found.state is State.WAITING:
        # The login page may have to be made anew before the answer is used.
        response.set_cookie(
            pages.ASKED_COOKIE,
            asked,
            max_age=int(sponsoring.KEPT.total_seconds()),
            secure=services().https,
            httponly=True,
            samesite="Lax",
        )
    return response


def state() -> Response:
    """The same for the page's script."""
    return jsonify({"state": _standing(from_token(), request.args.get("asked", "")).state})


def enter() -> Response | Redirect:
    """Online, with the yes of a member of staff."""
    arrival, here = fresh_from_token(), services()
    if _standing(arrival, request.form.get("asked", "")).state is not State.YES:
        return pages.login_page(arrival, FORBIDDEN)
    decision = here.admission.by_tap(
        arrival.place.access_point_id, arrival.visit.device, TERMS_VERSION, here.clock()
    )
    return back_to_gateway(arrival, decision)


def _standing(arrival: Arrival, asked: str) -> Standing:
    here = services()
    return sponsoring.standing_of(here.database, asked, arrival.visit.device, here.clock())


def _write(arrival: Arrival, asked: str, words: str) -> None:
    here, place = services(), arrival.place
    assert here.mail is not None  # noqa: S101 - the caller has just looked
    assert place.controller.email is not None  # noqa: S101 - the same
    # Staff read Polish; the names of things are the inventory's.
    text = (
        f"W punkcie Wi-Fi {place.hotspot} ktoś prosi o dostęp do Internetu i napisał o sobie:\n\n    {words}\n\n"
        f"Zdecyduj po zalogowaniu, w ciągu {int(sponsoring.LIFETIME.total_seconds() // 60)} minut:\n"
        f"{here.settings.portal_base_url}{url_for('staff.sponsor', request_id=asked)}\n"
    )
    here.mail.send(place.controller.email, f"Gość prosi o Wi-Fi: {place.hotspot}", text)


def _mistaken(arrival: Arrival, words: str, wrong: str, status: int) -> Response:
    return pages.login_page(arrival, status, mistake=Mistake(WayIn.SPONSOR, words, wrong))
