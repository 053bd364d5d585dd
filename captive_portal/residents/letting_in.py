"""Letting in at gateways that the portal itself speaks to: with a pass where they ask no RADIUS, or with the ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.languages import chosen
from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, Refused, from_token
from captive_portal.residents.doors import opennds, smartzone, unifi
from captive_portal.services import services
from hotspots.logins.admission import Admitted
from hotspots.policy import Reason, Refuse

PATIENCE: Final = timedelta(seconds=90)
"""How long a visitor is told to wait for a gateway that fetches its passes: it does so each few seconds."""

_LOOK_AGAIN_SECONDS: Final = 2


def waiting() -> Response | Redirect:
    """Wait until the gateway has taken the pass; then on to the status page, in a full navigation."""
    arrival = from_token()
    here, ticket = services(), arrival.visit.ticket
    found = None if ticket is None else here.passes.by_user_name(ticket)
    if found is not None and found.taken_at is not None:
        return redirect(url_for("residents.status", visit=arrival.token, lang=chosen()), 303)
    if found is None or here.clock() - found.granted_at > PATIENCE:
        raise Refused(Refuse(Reason.TRY_LATER), arrival)
    response = pages.page(
        "residents/waiting.html", arrival=arrival, endpoint="residents.waiting", until=found.granted_at + PATIENCE
    )
    # Works without JavaScript, and each look is a navigation, after which phones ask anew whether they are online.
    response.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return response


OPENERS: Final[Mapping[str, Callable[[Arrival, Admitted, str, str], Redirect]]] = MappingProxyType(
    {"opennds": opennds.let_in, "smartzone": smartzone.let_in, "unifi": unifi.let_in}
)
"""By the gateway: the visitor who was admitted, the token of the visit once they are in, and the page for them then."""

CLOSERS: Final[Mapping[str, Callable[[Arrival], bool]]] = MappingProxyType({"smartzone": smartzone.log_out})
"""By the gateway: end the session of the visit there at once; False where that cannot be done just now."""
