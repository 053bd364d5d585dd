"""Errors as pages that people can read."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from flask import Flask, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from captive_portal.languages import PARAMETER, chosen, language, offered

_log = logging.getLogger(__name__)

_WORDS = {
    400: (lazy_gettext("This page was called in a wrong way"), lazy_gettext("Go back and try once more.")),
    403: (lazy_gettext("You may not see this page"), lazy_gettext("Log in with an account that may.")),
    404: (lazy_gettext("There is no such page"), lazy_gettext("Check the address.")),
    405: (lazy_gettext("This page was called in a wrong way"), lazy_gettext("Go back and try once more.")),
    413: (lazy_gettext("That was too much to send"), lazy_gettext("Send less at once.")),
    429: (lazy_gettext("Too many attempts"), lazy_gettext("Wait a minute, then try once more.")),
    503: (
        lazy_gettext("We cannot check this just now"),
        lazy_gettext("It is our fault, and it has been written down. Try again in a few minutes."),
    ),
    500: (
        lazy_gettext("Something broke on our side"),
        lazy_gettext("It has been written down for the technician. Try again in a few minutes."),
    ),
}


def install(app: Flask) -> None:
    """Answer every error of the application with a page."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(DatabaseError, _without_database)
    app.register_error_handler(Exception, _broken)


def _page(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    heading, advice = _WORDS.get(code, (gettext("This did not work"), gettext("Go back and try once more.")))
    carried = {} if (asked := chosen()) is None else {PARAMETER: asked}
    return render_template(
        "error.html", heading=heading, advice=advice, carried=carried, other_languages=_in_other_languages()
    ), code


def _in_other_languages() -> dict[str, tuple[str, str]]:
    """The same address once more, by the code of the language; the start where a link cannot ask for it again."""
    asked = {name: values for name, values in request.args.lists() if name != PARAMETER}

    def address(code: str) -> str:
        again = f"?{urlencode({**asked, PARAMETER: code}, doseq=True)}"
        return again if request.method == "GET" else url_for("residents.index", lang=code)

    return {code: (name, address(code)) for code, name in offered().items() if code != language()}


def _without_database(error: DatabaseError) -> tuple[str, int] | HTTPException:
    _log.error("the database did not answer %s %s", request.method, request.path, exc_info=error)
    return _page(ServiceUnavailable())


def _broken(error: Exception) -> tuple[str, int] | HTTPException:
    # The edge of one request: nothing may be lost without a trace, and the resident gets a page all the same.
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return _page(InternalServerError())
