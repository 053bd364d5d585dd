"""Accounts: signing in, signing up, and a forgotten password, which is the same as signing up."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from flask_babel import gettext
from pydantic import SecretStr
from werkzeug.wrappers import Response as Redirect

from captive_portal.residents import codes, pages
from captive_portal.residents.arrival import TOKEN, Arrival, fresh_from_token, from_token
from captive_portal.residents.confirming import password_page, proved_elsewhere
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.residents.pages import Mistake
from captive_portal.sentences import FORBIDDEN, NOT_NOW, SENTENCES
from captive_portal.services import services
from hotspots.errors import HotspotsError
from hotspots.policy import Reason
from hotspots.public_pages.ways_in import WayIn
from hotspots.residents import email_address, own_accounts, phone
from hotspots.residents.codes import PASSWORD, Holder, Refusal
from hotspots.residents.contacts import Channel

_LONGEST_NAME = 253
_LONGEST_PASSWORD = 512


def sign_in() -> Response | Redirect:
    """A name and a password."""
    arrival, here = fresh_from_token(), services()
    if WayIn.ACCOUNT not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    now, place = here.clock(), arrival.place
    name = request.form.get("name", "")[:_LONGEST_NAME]
    if here.password_tries.take((name.casefold().strip(), place.access_point_id), now) is not None:
        return _refused(arrival, name, Reason.TOO_MANY_TRIES)
    password = SecretStr(request.form.get("password", "")[:_LONGEST_PASSWORD])
    found = own_accounts.sign_in(here.database, name, password, _good_for(), now)
    if found is None:
        return _refused(arrival, name, Reason.WRONG_PASSWORD)
    here.password_tries.forgive((name.casefold().strip(), place.access_point_id))
    return _by_account(arrival, found)


def new() -> Response:
    """The page for those who have no account, or no password any more."""
    return _new(from_token())


def ask() -> Response:
    """Send a code to what they typed there, as the first step to a password."""
    arrival = fresh_from_token()
    if WayIn.ACCOUNT not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    typed = request.form.get("contact", "")[:_LONGEST_NAME]
    contact = _contact(typed)
    if contact is None:
        wrong = gettext("This is neither an e-mail address nor the number of a mobile phone that we can send to.")
        return _new(arrival, typed, str(wrong), 422)
    issued = codes.issue(arrival, *contact, PASSWORD)
    if isinstance(issued, Refusal):
        return _new(arrival, typed, codes.refusal_sentence(issued), NOT_NOW)
    return codes.ask_for(arrival, *contact, issued)


def choose_password() -> Response | Redirect:
    """The new password of somebody who has just proved their contact; they are let in with it at once."""
    here, (arrival, holder) = services(), _proved()
    if holder is None:
        return _over(arrival)
    password = SecretStr(request.form.get("password", "")[:_LONGEST_PASSWORD])
    try:
        own_accounts.choose_password(
            here.database, here.contacts, holder.account_id, password, _good_for(), here.clock()
        )
    except HotspotsError:
        wrong = gettext("Take a password of at least 10 characters, without your address or number in it.")
        return password_page(holder, arrival, str(wrong), 422)
    return _let_in(holder, arrival)


def new_passkey() -> Response | Redirect:
    """The passkey that the browser of somebody made who has just proved their contact."""
    here, (arrival, holder) = services(), _proved()
    account = None if holder is None else own_accounts.find(here.database, holder.account_id)
    if holder is None or account is None:
        return _over(arrival)
    asked, credential = request.form.get("asked", ""), request.form.get("credential", "")
    if not here.passkeys.add(holder.account_id, asked, credential, here.clock()):
        wrong = gettext("The passkey could not be kept. Try once more, or choose a password.")
        return password_page(holder, arrival, str(wrong), 422)
    own_accounts.keep(here.database, account, _good_for(), here.clock())
    return _let_in(holder, arrival)


def passkey() -> Response | Redirect:
    """Log in with a passkey."""
    arrival, here = fresh_from_token(), services()
    if WayIn.ACCOUNT not in pages.working(arrival):
        return pages.login_page(arrival, FORBIDDEN)
    asked, credential = request.form.get("asked", ""), request.form.get("credential", "")
    account = here.passkeys.sign_in(asked, credential, here.clock())
    if account is None:
        wrong = gettext("We do not know this passkey. Take the password, or make a new one.")
        return pages.login_page(arrival, FORBIDDEN, mistake=Mistake(WayIn.ACCOUNT, "", str(wrong)))
    own_accounts.keep(here.database, account, _good_for(), here.clock())
    return _by_account(arrival, account.id)


def _proved() -> tuple[Arrival | None, Holder | None]:
    """Where the form came from, and who it is that has just proved a contact."""
    arrival = from_token() if request.form.get(TOKEN) else None
    return arrival, services().proofs.read(request.form.get("proof", ""), services().clock())


def _over(arrival: Arrival | None) -> Response:
    return pages.page("residents/confirm.html", arrival=arrival, asked={}, over=True, status=NOT_NOW)


def _let_in(holder: Holder, arrival: Arrival | None) -> Response | Redirect:
    if arrival is None or not arrival.may_log_in(services().clock()):
        return proved_elsewhere(holder, arrival)
    return _by_account(arrival, holder.account_id)


def _by_account(arrival: Arrival, account_id: int) -> Response | Redirect:
    here, place = services(), arrival.place
    decision = here.admission.by_account(
        place.access_point_id, arrival.visit.device, account_id, "account", TERMS_VERSION, here.clock()
    )
    return back_to_gateway(arrival, decision)


def _good_for() -> timedelta:
    return timedelta(days=services().settings.account_days)


def _contact(typed: str) -> tuple[Channel, str] | None:
    """What was typed, where it is a contact that a code can be sent to."""
    here = services()
    address = email_address.normalise(typed) if here.mail is not None else None
    if address is not None:
        return Channel.EMAIL, address
    number = phone.normalise(typed, here.settings.sms_regions) if here.sms is not None else None
    return None if number is None else (Channel.SMS, number)


def _new(arrival: Arrival, typed: str = "", wrong: str = "", status: int = 200) -> Response:
    here = services()
    return pages.page(
        "residents/new_account.html",
        arrival=arrival,
        status=status,
        endpoint="residents.new_account",
        typed=typed,
        wrong=wrong,
        by_mail=here.mail is not None,
        by_sms=here.sms is not None,
    )


def _refused(arrival: Arrival, name: str, reason: Reason) -> Response:
    sentence = SENTENCES[reason]
    mistake = Mistake(WayIn.ACCOUNT, name, f"{sentence.heading}. {sentence.advice}")
    return pages.login_page(arrival, sentence.status, mistake=mistake)
