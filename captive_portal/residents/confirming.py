"""A contact that was proved while its device is at no gateway's door: by a link in a mail, or when online already."""

from __future__ import annotations

from flask import Response, request

from captive_portal import security
from captive_portal.proofs import KEPT
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival
from captive_portal.residents.entering import TERMS_VERSION
from captive_portal.services import services
from hotspots.logins.remembering import remember_holder
from hotspots.residents.codes import PASSWORD, Holder
from hotspots.residents.own_accounts import name_of


def confirm() -> Response:
    """The page that a link in a mail leads to: it does nothing by itself, since programs that check mail open links."""
    here = services()
    if request.method == "GET":
        until = here.codes.good_until(request.args.get("asked", ""), here.clock())
        response = pages.page(
            "residents/confirm.html",
            asked=request.args,
            until=until,
            over=until is None,
            status=409 if until is None else 200,
            endpoint="residents.index",
        )
        # The code stands in the address of this page: not even our own log of style sheets shall have it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    asked, digits = request.form.get("asked", ""), request.form.get("digits", "")
    found = here.codes.prove(asked, None, digits, here.clock())
    if isinstance(found, Holder):
        return password_page(found, None) if found.purpose == PASSWORD else proved_elsewhere(found, None)
    return pages.page("residents/confirm.html", asked={}, over=True, status=409)


def proved_elsewhere(holder: Holder, arrival: Arrival | None) -> Response:
    """Remember the device, so that its gateway lets it in, and end the minutes in which it fetched the code."""
    remember_holder(services().database, holder, TERMS_VERSION, services().clock())
    again = None if arrival is None else arrival.dialect.again_url(arrival.visit)
    return pages.page("residents/confirmed.html", arrival=arrival, endpoint="residents.index", again=again)


def password_page(holder: Holder, arrival: Arrival | None, wrong: str = "", status: int = 200) -> Response:
    """Choosing the password of the account whose contact was just proved, or making a passkey for it."""
    here, now = services(), services().clock()
    name = name_of(here.database, here.contacts, holder.account_id)
    security.allow("script-src", "'self'")
    return pages.page(
        "residents/password.html",
        arrival=arrival,
        status=status,
        endpoint="residents.index" if arrival is None else "residents.visit",
        proof=here.proofs.sign(holder, now),
        until=now + KEPT,
        passkey=here.passkeys.ask_for_new(holder.account_id, name, now),
        wrong=wrong,
    )
