"""Who runs the network and where, under which terms, and what to do when it does not work."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.languages import language
from captive_portal.residents import pages
from captive_portal.residents.arrival import TOKEN, Arrival, from_token
from captive_portal.residents.entering import TERMS_VERSION


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
