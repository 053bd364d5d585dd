"""Who runs the network and where, under which terms, and what is kept of whom."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.languages import language
from captive_portal.places import controller_of
from captive_portal.residents import pages
from captive_portal.residents.arrival import TOKEN, Arrival, from_token
from captive_portal.residents.entering import TERMS_VERSION
from captive_portal.residents.scanned import scanned
from captive_portal.services import services
from hotspots import models

_MARKED = str.maketrans(
    {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~", "ż": "z~~"}
)


def index() -> Response:
    """For somebody who came without a gateway: how to get online, and where; or what their voucher is for."""
    voucher = request.args.get("voucher")
    if voucher is not None:
        return scanned(voucher, PLAIN_ADDRESS)
    return pages.page("residents/index.html", arrival=_carried(), authorities=_authorities(), start=PLAIN_ADDRESS)


def start() -> Redirect:
    """To the login page of whatever gateway the caller is behind."""
    return redirect(PLAIN_ADDRESS, 302)


def terms() -> Response:
    """The terms of use that a tap accepts."""
    return pages.page(
        f"residents/terms.{language()}.html", arrival=_carried(), endpoint="residents.terms", version=TERMS_VERSION
    )


def privacy() -> Response:
    """Who keeps what for how long: of the authority named, or of the visit's; a choice of all otherwise."""
    arrival = _carried()
    slug = request.args.get("authority") or (None if arrival is None else arrival.place.controller.slug)
    authorities = _authorities()
    chosen = next((row for row in authorities if row.slug == slug), None)
    if slug is not None and chosen is None:
        abort(404)
    return pages.page(
        f"residents/privacy.{language()}.html",
        arrival=arrival,
        endpoint="residents.privacy",
        query={"authority": slug} if "authority" in request.args and slug else {},
        controller=None if chosen is None else controller_of(chosen),
        authorities=authorities,
    )


def help_page() -> Response:
    """What to do when it does not work."""
    return pages.page(
        f"residents/help.{language()}.html", arrival=_carried(), endpoint="residents.help", start=PLAIN_ADDRESS
    )


def _carried() -> Arrival | None:
    """The visit that the reader came with, so that there is a way back to the login page."""
    return from_token() if request.args.get(TOKEN) else None


def _authorities() -> Sequence[models.Authority]:
    statement = select(models.Authority).options(selectinload(models.Authority.hotspots))
    with services().database.read() as db:
        return sorted(db.scalars(statement), key=lambda row: _in_polish_order(row.name))


def _in_polish_order(name: str) -> str:
    # Each letter with a mark follows the plain one. The database would put them all behind z.
    return name.casefold().translate(_MARKED)
