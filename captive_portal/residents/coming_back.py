"""Coming back with one tap: the link and its picture, and the page that it leads to.

The link is opened most often before the phone is behind a gateway, or in another window than the gateway's own; a
cookie brings the two together, as it does for a voucher that was scanned.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, request, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.qr import picture
from captive_portal.residents import pages
from captive_portal.residents.arrival import fresh_from_token, from_token
from captive_portal.residents.entering import TERMS_VERSION, back_to_gateway
from captive_portal.residents.online import is_proved
from captive_portal.returning import Return
from captive_portal.sentences import FORBIDDEN, NOT_NOW
from captive_portal.services import services
from hotspots.residents import own_accounts


def make() -> Response:
    """A link for the device that is online here, and for whoever holds it."""
    arrival, here = from_token(), services()
    account = (
        own_accounts.of_device(here.database, arrival.visit.device, here.clock()) if is_proved(arrival) else None
    )
    if account is None:
        return pages.page("residents/no_return.html", arrival=arrival, endpoint="residents.status", status=NOT_NOW)
    key = here.returns.sign(Return(account.id, account.expires_at))
    address = f"{here.settings.portal_base_url}{url_for('residents.come_back', key=key)}"
    response = pages.page(
        "residents/return_link.html",
        arrival=arrival,
        endpoint="residents.status",
        address=address,
        picture=picture(address),
        until=account.expires_at,
    )
    _keep(response, key, account.expires_at)
    return response


def come_back() -> Response:
    """What the link leads to: on to the login page of the gateway, which then knows who comes."""
    key = request.args.get("key", "")
    account = pages.account_of_key(key)
    if account is None:
        return pages.page("residents/return_over.html", start=PLAIN_ADDRESS, status=NOT_NOW)
    response = pages.page("residents/returning.html", start=PLAIN_ADDRESS)
    # The key stands in the address of this page: not even our own log of style sheets shall have it.
    response.headers["Referrer-Policy"] = "no-referrer"
    _keep(response, key, account.expires_at)
    return response


def enter() -> Response | Redirect:
    """The one tap."""
    arrival, here = fresh_from_token(), services()
    account = pages.who_returns()
    if account is None:
        return pages.login_page(arrival, FORBIDDEN)
    decision = here.admission.by_account(
        arrival.place.access_point_id, arrival.visit.device, account.id, "return", TERMS_VERSION, here.clock()
    )
    return back_to_gateway(arrival, decision)


def _keep(response: Response, key: str, expires_at: datetime) -> None:
    """Have the browser keep the key; no script can read it, and no other site's page has it sent with a form."""
    left = int((expires_at - services().clock()).total_seconds())
    response.set_cookie(
        pages.RETURN_COOKIE, key, max_age=max(left, 0), secure=services().https, httponly=True, samesite="Lax"
    )
