"""The pages that are shown from more than one place: the login page and a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request, url_for

from captive_portal import detection, public_pages, security
from captive_portal.gateways.hand_over import HandOver
from captive_portal.languages import LANGUAGES, chosen, language
from captive_portal.metrics import REFUSALS
from captive_portal.passkeys import Asked
from captive_portal.residents import kept_voucher
from captive_portal.residents.arrival import TOKEN, Arrival, Refused
from captive_portal.residents.last_refusal import asked_again
from captive_portal.sentences import SENTENCES
from captive_portal.services import services
from captive_portal.wifi4eu import snippet
from hotspots.logins import tickets
from hotspots.logins.admission import Held
from hotspots.models import Account
from hotspots.policy import Reason, Refuse
from hotspots.public_pages.ways_in import WayIn
from hotspots.residents import own_accounts, sponsoring
from hotspots.residents.sponsoring import Standing, State
from hotspots.sessions import other_devices

RETURN_COOKIE: Final = "return"

ASKED_COOKIE: Final = "asked"
"""Holds the request to the staff of which this browser waits for the answer."""

_VOUCHER_IS_OVER = (Reason.VOUCHER_REVOKED, Reason.VOUCHER_EXPIRED, Reason.VOUCHER_USED_UP)


def page(
    template: str,
    *,
    arrival: Arrival | None = None,
    status: int = 200,
    endpoint: str = "residents.index",
    query: Mapping[str, str] = MappingProxyType({}),
    **values: object,
) -> Response:
    """A page of the residents, with the links in other languages that show the same once more.

    ``endpoint`` and ``query`` are where those links lead: a page that came by POST cannot be called again by a link.
    Links carry the visit and the language that was asked for, so that nothing depends on cookies.
    """
    carried: dict[str, Any] = {}
    if arrival is not None:
        _let_forms_lead_to(arrival)
        carried[TOKEN] = arrival.token
    same_page: dict[str, Any] = {**carried, **query}
    others = {
        code: (name, url_for(endpoint, **same_page, lang=code))
        for code, name in LANGUAGES.items()
        if code != language()
    }
    asked = chosen()
    if asked is not None:
        carried["lang"] = asked
    text = render_template(template, arrival=arrival, carried=carried, other_languages=others, **values)
    return make_response(text, status)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was typed into the form of one way in, and what is wrong with it."""

    way: WayIn
    typed: str
    words: str


def login_page(
    arrival: Arrival, status: int = 200, *, mistake: Mistake | None = None, preview: bool = False
) -> Response:
    """The ways online. What was refused is shown again with what is wrong.

    A code that this browser keeps is filled in, and stands first. ``preview`` is for staff who look at the page.
    """
    ways = working(arrival)
    of_code = mistake if mistake is not None and mistake.way is WayIn.VOUCHER else None
    kept = kept_voucher.code() if WayIn.VOUCHER in ways and of_code is None else ""
    if kept:
        ways = (WayIn.VOUCHER, *(way for way in ways if way is not WayIn.VOUCHER))
    network = None if preview else arrival.place.wifi4eu_network
    passkey = _passkey() if WayIn.ACCOUNT in ways and not preview else None
    return page(
        "residents/login.html",
        arrival=arrival,
        status=status,
        endpoint="residents.visit",
        ways=ways,
        mistake=mistake,
        passkey=passkey,
        wifi4eu=None if network is None else snippet(network, language()),
        returns=not preview and who_returns() is not None,
        sponsored=_sponsored(arrival) if WayIn.SPONSOR in ways else None,
        code=kept if of_code is None else of_code.typed,
        code_error="" if of_code is None else of_code.words,
        kept=bool(kept),
        can_sign_up=services().mail is not None or services().sms is not None,
        preview=preview,
        asked_again=None if preview else asked_again(arrival),
        welcome=public_pages.of(arrival.place.controller.slug).entry.welcome,
    )


def _sponsored(arrival: Arrival) -> Standing | None:
    here, device = services(), arrival.visit.device
    if arrival.dialect.DEVICE_IS_SIGNED:
        return sponsoring.granted(here.database, device, here.clock())
    # A neighbour's yes must not be taken: where the gateway proves no device, the browser that asked has to.
    asked = sponsoring.standing_of(here.database, request.cookies.get(ASKED_COOKIE, ""), device, here.clock())
    return asked if asked.state is State.YES else None


def who_returns() -> Account | None:
    """The account that this browser keeps the key of a return link for."""
    return account_of_key(request.cookies.get(RETURN_COOKIE, ""))


def account_of_key(key: str) -> Account | None:
    """The account that the key of a return link is for; None where the key is not ours or over, or the account gone."""
    here = services()
    back = here.returns.read(key, here.clock())
    return None if back is None else own_accounts.find(here.database, back.account_id)


def _passkey() -> Asked:
    security.allow("script-src", "'self'")
    return services().passkeys.ask(services().clock())


def working(arrival: Arrival) -> tuple[WayIn, ...]:
    """The ways in of the place that the settings have all for."""
    here = services()
    sponsors = here.mail if arrival.place.controller.email else None
    means: dict[WayIn, object] = {WayIn.SMS: here.sms, WayIn.EMAIL: here.mail, WayIn.SPONSOR: sponsors}
    return tuple(way for way in arrival.place.ways_in if means.get(way, here) is not None)


def hand_over(arrival: Arrival, way: HandOver) -> Response:
    """The form that logs the browser in at its gateway: it sends itself, or waits for a tap without JavaScript."""
    security.allow("script-src", "'self'")
    return page(
        "residents/hand_over.html",
        arrival=arrival,
        endpoint="residents.visit",
        way=way,
        until=services().clock() + tickets.LIFETIME,
    )


def refused(refused: Refused) -> Response:
    """The refusal as a page; the status code is that of its reason."""
    reason = refused.refusal.reason
    REFUSALS.labels(reason.value).inc()
    response = refusal_page(refused.refusal, refused.arrival, SENTENCES[reason].status)
    if reason in _VOUCHER_IS_OVER:
        kept_voucher.forget(response)
    return response


def refusal_page(refusal: Refuse, arrival: Arrival | None, status: int) -> Response:
    """What it is, when to try again, and what else there is to do."""
    sentence = SENTENCES[refusal.reason]
    return page(
        "residents/refused.html",
        arrival=arrival,
        status=status,
        endpoint="residents.index" if arrival is None else "residents.visit",
        sentence=sentence,
        refusal=refusal,
        again=None if arrival is None or not sentence.again else _another_attempt(refusal.reason, arrival),
        **_others(refusal, arrival),
    )


def _others(refusal: Refuse, arrival: Arrival | None) -> dict[str, Any]:
    """Where the other devices are online that stand in the way, and what has them logged out."""
    if arrival is None or not isinstance(refusal, Held):
        return {}
    here, device = services(), arrival.visit.device
    with here.database.read() as db:
        others = other_devices.online(db, refusal.subject, device)
    return {"others": others, "held": here.held.sign(refusal, device, arrival.place.access_point_id, here.clock())}


def goes_on_to(arrival: Arrival) -> str | None:
    """Where the resident wanted to go at first; None where it was only the phone that looked for a portal."""
    wanted = arrival.visit.user_url
    return None if wanted is None or detection.is_probe(urlsplit(wanted).hostname or "") else wanted


def _another_attempt(reason: Reason, arrival: Arrival) -> str:
    if reason is Reason.VISIT_STALE:
        return arrival.dialect.again_url(arrival.visit)
    return url_for("residents.visit", visit=arrival.token, lang=chosen())


def _let_forms_lead_to(arrival: Arrival) -> None:
    # Browsers hold a form's redirects against form-action too, and ours go to the gateway and back to the portal.
    gateway, portal = urlsplit(arrival.visit.login_base), urlsplit(services().settings.portal_base_url)
    security.allow("form-action", *(f"{each.scheme}://{each.netloc}" for each in (gateway, portal) if each.netloc))
