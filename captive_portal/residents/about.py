"""Who runs the network and where, under which terms, and what to do when it does not work."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.languages import language
from captive_portal.residents import pages
from captive_portal.residents.arrival import TOKEN, Arrival, from_token
from captive_portal.residents.entering import TERMS_VERSION
from captive_portal.services import services
from hotspots import models

_MARKED = str.maketrans(
    {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~", "ż": "z~~"}
)


def start() -> Redirect:
    """To the login page of whatever gateway the caller is behind."""
    return redirect(PLAIN_ADDRESS, 302)


def terms() -> Response:
    """The terms of use that a tap accepts."""
    return pages.page(
        f"residents/terms.{language()}.html", arrival=carried(), endpoint="residents.terms", version=TERMS_VERSION
    )


def help_page() -> Response:
    """What to do when it does not work."""
    return pages.page(
        f"residents/help.{language()}.html", arrival=carried(), endpoint="residents.help", start=PLAIN_ADDRESS
    )


def carried() -> Arrival | None:
    """The visit that the reader came with, so that there is a way back to the login page."""
    return from_token() if request.values.get(TOKEN) else None


def authorities() -> Sequence[models.Authority]:
    """All of them with their hotspots, in the order of the alphabet."""
    statement = select(models.Authority).options(selectinload(models.Authority.hotspots))
    with services().database.read() as db:
        return sorted(db.scalars(statement), key=lambda row: _in_polish_order(row.name))


def _in_polish_order(name: str) -> str:
    # Each letter with a mark follows the plain one. The database would put them all behind z.
    return name.casefold().translate(_MARKED)
