"""What is kept of the visitor's device, phone and account: to read, to take along, to erase."""

from __future__ import annotations

from flask import Response, jsonify, request

from captive_portal.residents import pages
from captive_portal.residents.arrival import Arrival, from_token
from captive_portal.residents.online import can_be_proved, is_proved
from captive_portal.sentences import FORBIDDEN
from captive_portal.services import services
from hotspots.residents import own_data


def show() -> Response:
    """The page; for whoever proves that they hold the device that they name."""
    arrival, here = from_token(), services()
    if not is_proved(arrival):
        return _unproved(arrival)
    kept = own_data.collect(here.database, here.contacts, arrival.visit.device, here.clock())
    return pages.page("residents/my_data.html", arrival=arrival, endpoint="residents.my_data", kept=kept)


def download() -> Response:
    """The same as a file that programs can read."""
    arrival, here = from_token(), services()
    if not is_proved(arrival):
        return _unproved(arrival)
    kept = own_data.collect(here.database, here.contacts, arrival.visit.device, here.clock())
    response = jsonify(_plain(kept))
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def erase() -> Response:
    """Erase what may be erased, and say what stays, why and until when."""
    arrival, here = from_token(), services()
    if not is_proved(arrival):
        return _unproved(arrival)
    erased = own_data.erase(here.database, arrival.visit.device, here.clock())
    response = pages.page("residents/erased.html", arrival=arrival, endpoint="residents.my_data", erased=erased)
    for cookie in (pages.RETURN_COOKIE, "voucher"):
        if cookie in request.cookies:
            response.delete_cookie(cookie, secure=here.https, httponly=True, samesite="Lax")
    return response


def _unproved(arrival: Arrival) -> Response:
    return pages.page(
        "residents/unproved.html",
        arrival=arrival,
        endpoint="residents.my_data",
        status=FORBIDDEN,
        can_be_proved=can_be_proved(arrival),
    )


def _plain(value: object) -> object:
    """Instants as ISO 8601 with their offset."""
    if isinstance(value, dict):
        return {name: _plain(field) for name, field in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
