"""Codes that prove a contact: asking for one, and typing it in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from flask import Response, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as Redirect

from captive_portal.languages import language
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, fresh_from_token, from_token
from captive_portal.residents.confirming import password_page, proved_elsewhere
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.residents.pages import Mistake
from captive_portal.sentences import FORBIDDEN, NOT_NOW
from captive_portal.services import services
from hotspots.mail import MailNotSent
from hotspots.plans import Plan
from hotspots.public_pages.ways_in import WayIn
from hotspots.residents import codes, email_address, phone
from hotspots.residents.codes import Issued, Refusal, Wrong
from hotspots.residents.contacts import Channel
from hotspots.sms import text
from hotspots.sms.provider import SmsRefused, SmsUnknown

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

_NO_PHONE: Final = _("This is no number of a mobile phone that we can send to. Example: 600 100 200.")
_NO_ADDRESS: Final = _("This is no e-mail address. Example: anna@example.org.")

_log = logging.getLogger(__name__)


def sms() -> Response:
    """Send a code to a mobile phone, and ask for it."""
    arrival = fresh_from_token()
    if WayIn.SMS not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    typed = request.form.get("phone", "")[:_LONGEST_CONTACT]
    number = phone.normalise(typed, services().settings.sms_regions)
    if number is None:
        return pages.login_page(arrival, 422, mistake=Mistake(WayIn.SMS, typed, str(_NO_PHONE)))
    issued = issue(arrival, Channel.SMS, number, codes.ENTER)
    if isinstance(issued, Refusal):
        return pages.login_page(arrival, NOT_NOW, mistake=Mistake(WayIn.SMS, typed, refusal_sentence(issued)))
    return ask_for(arrival, Channel.SMS, number, issued)


def email() -> Response:
    """Send a code and a link by e-mail, and ask for the code."""
    arrival = fresh_from_token()
    if WayIn.EMAIL not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    typed = request.form.get("address", "")[:_LONGEST_CONTACT]
    address = email_address.normalise(typed)
    if address is None:
        return pages.login_page(arrival, 422, mistake=Mistake(WayIn.EMAIL, typed, str(_NO_ADDRESS)))
    issued = issue(arrival, Channel.EMAIL, address, codes.ENTER)
    if isinstance(issued, Refusal):
        return pages.login_page(arrival, NOT_NOW, mistake=Mistake(WayIn.EMAIL, typed, refusal_sentence(issued)))
    return ask_for(arrival, Channel.EMAIL, address, issued)


def issue(arrival: Arrival, channel: Channel, contact: str, purpose: str) -> Issued | Refusal:
    """Make a code for this visitor, and send it to the normalised contact."""
    here = services()
    price = here.settings.sms_price_grosze if channel is Channel.SMS else 0
    asked = codes.Request(
        channel, contact, arrival.visit.device, arrival.place.hotspot_id, purpose, price_grosze=price
    )
    issued = here.codes.issue(asked, here.clock())
    if isinstance(issued, Refusal):
        return issued
    return _send_sms(asked, issued) if channel is Channel.SMS else _send_mail(asked, issued, arrival.place.hotspot)


def refusal_sentence(refusal: Refusal) -> str:
    """Why no code is sent."""
    return str(_REFUSED[refusal])


def ask_for(arrival: Arrival, channel: Channel, contact: str, issued: Issued) -> Response:
    """The page on which the code is typed that was just sent."""
    if channel is Channel.SMS:
        told = gettext("We have sent a code to the number that ends with %(end)s.", end=contact[-3:])
        return _ask(arrival, issued.id, str(told))
    told = gettext("We have sent a code to %(address)s.", address=contact)
    return _ask(arrival, issued.id, str(told), grace=arrival.place.grace)


def grace() -> Response | Redirect:
    """A few minutes of access to fetch the code, once in a day."""
    arrival, here = fresh_from_token(), services()
    asked, device, now = request.form.get("asked", ""), arrival.visit.device, here.clock()
    if not here.codes.take_grace(asked, device, now):
        words = str(
            gettext(
                "This device has had its minutes for reading mail today. Read it on another device or with mobile data."
            )
        )
        return _ask(arrival, asked, "", words, NOT_NOW)
    decision = here.admission.by_grace(arrival.place.access_point_id, device, TERMS_VERSION, now)
    return back_to_gateway(arrival, decision)


def ask() -> Response:
    """The page for the code that this device is waiting for, for somebody who is online to fetch it."""
    arrival = from_token()
    return _ask(arrival, request.args.get("asked", ""), "")


def code() -> Response | Redirect:
    """The digits that somebody typed: right ones let them in."""
    arrival, here = from_token(), services()
    asked, now = request.form.get("asked", ""), here.clock()
    found = here.codes.prove(asked, arrival.visit.device, request.form.get("digits", ""), now)
    if found is Wrong.DIGITS:
        return _ask(arrival, asked, "", str(gettext("These are not the digits that we sent. Look again.")), 422)
    if isinstance(found, Wrong):
        words = str(gettext("This code is no good any more. Ask for a new one."))
        return _ask(arrival, asked, "", words, NOT_NOW)
    if found.purpose == codes.PASSWORD:
        return password_page(found, arrival)
    if not arrival.may_log_in(now):
        return proved_elsewhere(found, arrival)
    decision = here.admission.by_account(
        arrival.place.access_point_id, found.device, found.account_id, "code", TERMS_VERSION, now
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


def _send_mail(asked: codes.Request, issued: Issued, hotspot: str) -> Issued | Refusal:
    here = services()
    assert here.mail is not None  # noqa: S101 - the caller has just looked
    link = url_for("residents.confirm", asked=issued.id, digits=issued.code, lang=language())
    body = gettext(
        "Your code for the public Wi-Fi (%(hotspot)s): %(code)s\n\nIt is good for %(minutes)d minutes. Or open this"
        " page:\n%(link)s\n\nIf you did not ask for it, do nothing.",
        hotspot=hotspot,
        code=issued.code,
        minutes=_MINUTES,
        link=f"{here.settings.portal_base_url}{link}",
    )
    try:
        here.mail.send(
            asked.contact, str(gettext("Code for the public Wi-Fi: %(code)s", code=issued.code)), str(body)
        )
    except MailNotSent as not_sent:
        _log.error("a code by e-mail was not sent: %s", not_sent)
        here.codes.take_back(issued, asked, here.clock())
        return Refusal.NOT_SENT
    return issued


def _ask(
    arrival: Arrival, asked: str, told: str, wrong: str = "", status: int = 200, *, grace: Plan | None = None
) -> Response:
    here = services()
    return pages.page(
        "residents/code.html",
        arrival=arrival,
        status=status,
        endpoint="residents.visit",
        asked=asked,
        told=told,
        wrong=wrong,
        grace=grace,
        until=here.codes.good_until(asked, here.clock()),
    )
