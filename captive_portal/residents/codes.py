"""Codes that prove a contact: asking for one, and typing it in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from flask import Response, request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as Redirect

from captive_portal.languages import language
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, fresh_from_token
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.residents.pages import Mistake
from captive_portal.sentences import FORBIDDEN, NOT_NOW
from captive_portal.services import services
from hotspots import codes, phone
from hotspots.codes import Issued, Refusal, Wrong
from hotspots.contacts import Channel
from hotspots.sms import text
from hotspots.sms.provider import SmsRefused, SmsUnknown
from hotspots.ways_in import WayIn

_MINUTES: Final = int(codes.LIFETIME.total_seconds() // 60)
_LONGEST_CONTACT: Final = 254
_REFUSED: Final[Mapping[Refusal, LazyString]] = {
    Refusal.CONTACT_HAD_ENOUGH: _(
        "We have sent as many codes there today as we may. Take another way in, or come back tomorrow."
    ),
    Refusal.DEVICE_HAD_ENOUGH: _(
        "This device has asked for as many codes today as it may. Take another way in, or come back tomorrow."
    ),
    Refusal.HOTSPOT_HAD_ENOUGH: _(
        "Too many codes were asked for here just now. Take another way in, or try again in an hour."
    ),
    Refusal.MONEY_SPENT: _(
        "There is no money left for messages this month. Take another way in, or ask the staff for a voucher."
    ),
    Refusal.NOT_SENT: _("The code could not be sent. Try again in a minute, or take another way in."),
}

_log = logging.getLogger(__name__)


def sms() -> Response:
    """Send a code to a mobile phone, and ask for it."""
    arrival, here = fresh_from_token(), services()
    if WayIn.SMS not in arrival.place.ways_in or here.sms is None:
        return pages.login_page(arrival, FORBIDDEN)
    typed = request.form.get("phone", "")[:_LONGEST_CONTACT]
    number = phone.normalise(typed, here.settings.sms_regions)
    if number is None:
        words = str(gettext("This is no number of a mobile phone that we can send to. Example: 600 100 200."))
        return pages.login_page(arrival, 422, mistake=Mistake(WayIn.SMS, typed, words))
    asked = codes.Request(
        Channel.SMS,
        number,
        arrival.visit.device,
        arrival.place.hotspot_id,
        price_grosze=here.settings.sms_price_grosze,
    )
    issued = here.codes.issue(asked, here.clock())
    if isinstance(issued, Issued):
        issued = _send_sms(asked, issued)
    if isinstance(issued, Refusal):
        mistake = Mistake(WayIn.SMS, typed, str(_REFUSED[issued]))
        return pages.login_page(arrival, NOT_NOW, mistake=mistake)
    return _ask(
        arrival,
        issued.id,
        str(gettext("We have sent a code to the number that ends with %(end)s.", end=number[-3:])),
    )


def code() -> Response | Redirect:
    """The digits that somebody typed: right ones let them in."""
    arrival, here = fresh_from_token(), services()
    asked, now = request.form.get("asked", ""), here.clock()
    found = here.codes.account(asked, arrival.visit.device, request.form.get("digits", ""), now)
    if found is Wrong.DIGITS:
        return _ask(arrival, asked, "", str(gettext("These are not the digits that we sent. Look again.")), 422)
    if isinstance(found, Wrong):
        words = str(gettext("This code is no good any more. Ask for a new one."))
        return _ask(arrival, asked, "", words, NOT_NOW)
    place = arrival.place
    decision = here.admission.by_account(
        place.access_point_id, arrival.visit.device, found, "code", TERMS_VERSION, now
    )
    return back_to_gateway(arrival, decision)


def _send_sms(asked: codes.Request, issued: Issued) -> Issued | Refusal:
    """Send it; what the provider refused is not counted, what may have been sent is."""
    here = services()
    assert here.sms is not None  # noqa: S101 - the caller has just looked
    try:
        here.sms.send(asked.contact, text.of_code(issued.code, _MINUTES, language()))
    except SmsRefused as refused:
        _log.error("a code by SMS was not sent: %s", refused)
        here.codes.take_back(issued, asked, here.clock())
        return Refusal.NOT_SENT
    except SmsUnknown as unknown:
        _log.error("nobody knows whether a code by SMS was sent: %s", unknown)
        return Refusal.NOT_SENT
    return issued


def _ask(arrival: Arrival, asked: str, told: str, wrong: str = "", status: int = 200) -> Response:
    told = told or str(gettext("The code is good for ten minutes."))
    return pages.page(
        "residents/code.html",
        arrival=arrival,
        status=status,
        endpoint="residents.visit",
        asked=asked,
        told=told,
        wrong=wrong,
    )
