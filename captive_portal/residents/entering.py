"""Going online: the gateway's redirect, the tap, the voucher, and the way back to the gateway.

The forms carry a signed visit instead of a CSRF token, and are exempt from the cookie's. A forged form on a
stranger's page would have to know a visit that we signed for this very device within the last ten minutes; and what
it could do with it is to let that device online, on the network that it is on.
"""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.visit import Result
from captive_portal.languages import chosen
from captive_portal.residents import kept_voucher, pages
from captive_portal.residents.arrival import (
    Arrival,
    Refused,
    fresh_from_token,
    from_form_gateway,
    from_token,
)
from captive_portal.residents.doors.coovachilli import from_uam
from captive_portal.residents.doors.mikrotik import from_mikrotik
from captive_portal.residents.doors.smartzone import from_smartzone
from captive_portal.residents.doors.unifi import from_unifi
from captive_portal.residents.last_refusal import JUST_NOW, last_refusal, reason_passed_on
from captive_portal.residents.letting_in import OPENERS
from captive_portal.residents.pages import Mistake
from captive_portal.sentences import FORBIDDEN, SENTENCES, code_sentence
from captive_portal.services import services
from captive_portal.visits import FRESH
from hotspots import vouchers
from hotspots.logins.admission import Admitted
from hotspots.policy import Reason, Refuse
from hotspots.public_pages.ways_in import WayIn
from hotspots.vouchers import CodeFault

TERMS_VERSION = 1
"""Which text of ``terms.*.html`` a tap accepts; to be raised with each change of its meaning."""

_LONGEST_CODE = 64


def uam() -> Response | Redirect:
    """CoovaChilli sent a browser: show what its result asks for."""
    return _welcome(from_uam())


def mikrotik() -> Redirect:
    """RouterOS' page had the browser post to us: on to a page that can be called again, and that cookies come to."""
    return redirect(url_for("residents.arrived", visit=from_mikrotik().token, lang=chosen()), 303)


def by_form(gateway: str, nas_identifier: str) -> Response | Redirect:
    """A gateway that takes logins by a form sent a browser: show what its parameters ask for."""
    return _welcome(from_form_gateway(gateway, nas_identifier))


def smartzone(nas_identifier: str) -> Response | Redirect:
    """SmartZone sent a browser: show the way online."""
    return _welcome(from_smartzone(nas_identifier))


def unifi(site: str) -> Response | Redirect:
    """UniFi sent a browser: show the way online."""
    return _welcome(from_unifi(site))


def arrived() -> Response | Redirect:
    """Show what the result of a visit asks for that came by POST."""
    return _welcome(from_token())


def _welcome(arrival: Arrival) -> Response | Redirect:
    result = arrival.visit.result
    if result in (Result.SUCCESS, Result.ALREADY):
        return redirect(url_for("residents.status", visit=arrival.token), 303)
    if result is Result.FAILED:
        refusal = last_refusal(arrival, JUST_NOW) or Refuse(reason_passed_on(arrival) or Reason.TRY_LATER)
        if refusal.reason is Reason.TRY_LATER and "looked" not in request.args:
            # RADIUS answers before it writes down what it refused: the way there and back gives it the time.
            return redirect(url_for("residents.arrived", visit=arrival.token, lang=chosen(), looked="yes"), 303)
        return pages.refusal_page(refusal, arrival, 200)
    if result is Result.LOGGED_OFF:
        return pages.page(
            "residents/logged_off.html",
            arrival=arrival,
            endpoint="residents.visit",
            again=arrival.dialect.again_url(arrival.visit),
        )
    return pages.login_page(arrival)


def visit() -> Response | Redirect:
    """The login page once more, from the visit that our own page carried: another language, or another attempt."""
    arrival = from_token()
    if arrival.may_log_in(services().clock()):
        return pages.login_page(arrival)
    return redirect(arrival.dialect.again_url(arrival.visit), 303)


def enter() -> Response | Redirect:
    """One tap."""
    arrival = fresh_from_token()
    if WayIn.TAP not in arrival.place.ways_in:
        return pages.login_page(arrival, FORBIDDEN)
    here = services()
    decision = here.admission.by_tap(
        arrival.place.access_point_id, arrival.visit.device, TERMS_VERSION, here.clock()
    )
    return back_to_gateway(arrival, decision)


def voucher() -> Response | Redirect:
    """A voucher's code."""
    try:
        arrival = fresh_from_token()
    except Refused as refusal:
        return _with_the_code_kept(pages.refused(refusal))
    if WayIn.VOUCHER not in arrival.place.ways_in:
        return pages.login_page(arrival, FORBIDDEN)
    here = services()
    code = request.form.get("code", "")[:_LONGEST_CODE]
    decision = here.admission.by_voucher(
        arrival.place.access_point_id, arrival.visit.device, code, TERMS_VERSION, here.clock()
    )
    if isinstance(decision, CodeFault):
        return pages.login_page(arrival, 422, mistake=Mistake(WayIn.VOUCHER, code, code_sentence(decision)))
    if isinstance(decision, Refuse) and decision.reason is Reason.UNKNOWN_USER:
        sentence = SENTENCES[decision.reason]
        mistake = Mistake(WayIn.VOUCHER, code, f"{sentence.heading}. {sentence.advice}")
        response: Response | Redirect = pages.login_page(arrival, sentence.status, mistake=mistake)
    else:
        response = back_to_gateway(arrival, decision)
    kept_voucher.forget(response)
    return response


def _with_the_code_kept(response: Response) -> Response:
    """For the page that the gateway makes anew: what was typed is filled in there, and soon forgotten at a kiosk."""
    typed = vouchers.normalise(request.form.get("code", "")[:_LONGEST_CODE])
    if isinstance(typed, str):
        kept_voucher.keep(response, vouchers.grouped(typed), int(FRESH.total_seconds()))
    return response


def back_to_gateway(arrival: Arrival, decision: Admitted | Refuse) -> Response | Redirect:
    """On to the gateway with the ticket, or the page that says why there is none."""
    if isinstance(decision, Refuse):
        raise Refused(decision, arrival)
    here, visit, user_name = services(), arrival.visit, decision.user_name
    token = arrival.let_in_with(user_name, here.clock())
    back = f"{here.settings.portal_base_url}{url_for('residents.status', visit=token, lang=chosen())}"
    if visit.gateway in OPENERS:
        return OPENERS[visit.gateway](arrival, decision, token, back)
    way = arrival.dialect.hand_over(visit, user_name, decision.password, arrival.place.uam_secret, back)
    if way.fields is None:
        return redirect(way.url, 303)
    return pages.hand_over(arrival, way)
