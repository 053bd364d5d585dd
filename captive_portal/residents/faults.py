"""Faults: reporting one with a second tap, and following it by its number. Nothing of the reporter is kept."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as Redirect

from captive_portal.languages import chosen
from captive_portal.residents import about, pages
from captive_portal.sentences import NOT_NOW
from captive_portal.services import services
from hotspots import lookup, vouchers
from hotspots.public_pages import authorities
from hotspots.residents import fault_reports
from hotspots.residents.fault_reports import Trouble

TROUBLES: Final = {
    Trouble.SLOW: lazy_gettext("The Internet is slow"),
    Trouble.NO_CONNECTION: lazy_gettext("There is no connection"),
    Trouble.PAGE: lazy_gettext("A page does not open"),
    Trouble.OTHER: lazy_gettext("Something else"),
}
_WRONG: Final = 422
_NO_SUCH_NUMBER: Final = 404


def ask() -> Response:
    """What is wrong: a button for each, here where the reader stands, or at a hotspot that they choose."""
    return _form("")


def report() -> Response | Redirect:
    """Take the report, and show its number."""
    words = " ".join(request.form.get("words", "").split())[: fault_reports.WORDS_CHARACTERS]
    trouble = request.form.get("trouble", "")
    if trouble not in set(Trouble) or not words.isprintable() or (trouble == Trouble.OTHER and not words):
        return _form(
            str(gettext("Say what is wrong: tap one of the buttons, or write a few words.")), words, _WRONG
        )
    here, place = services(), _hotspot_id()
    if place is None:
        return _form(str(gettext("Choose the hotspot.")), words, _WRONG)
    number = fault_reports.report(here.database, place, Trouble(trouble), words, here.clock())
    if number is None:
        wrong = gettext("So many reports came from this hotspot within an hour that the staff must know by now.")
        return _form(str(wrong), words, NOT_NOW)
    arrival = about.carried()
    visit = None if arrival is None else arrival.token
    return redirect(url_for("residents.fault", number=vouchers.grouped(number), lang=chosen(), visit=visit), 303)


def follow() -> Response:
    """What has become of the report with this number."""
    typed = vouchers.normalise(request.args.get("number", ""))
    found = fault_reports.find(services().database, typed) if isinstance(typed, str) else None
    if found is None:
        wrong = gettext("There is no report with this number. Reports are deleted some time after they are closed.")
        return _form("", unknown=str(wrong), status=_NO_SUCH_NUMBER)
    return pages.page(
        "residents/fault.html",
        arrival=about.carried(),
        endpoint="residents.fault",
        query={"number": vouchers.grouped(found.number)},
        report=found,
        number=vouchers.grouped(found.number),
        trouble=TROUBLES[Trouble(found.trouble)],
    )


def _hotspot_id() -> int | None:
    """Of the visit, or the one that was chosen from the list."""
    arrival = about.carried()
    if arrival is not None:
        return arrival.place.hotspot_id
    with services().database.read() as db:
        return lookup.hotspot_id(db, request.form.get("hotspot", ""))


def _form(wrong: str, words: str = "", status: int = 200, *, unknown: str = "") -> Response:
    arrival = about.carried()
    return pages.page(
        "residents/report_fault.html",
        arrival=arrival,
        status=status,
        endpoint="residents.ask_fault",
        authorities=authorities.with_hotspots(services().database) if arrival is None else (),
        troubles={trouble: name for trouble, name in TROUBLES.items() if trouble is not Trouble.OTHER},
        wrong=wrong,
        words=words,
        most=fault_reports.WORDS_CHARACTERS,
        unknown=unknown,
        typed=request.args.get("number", ""),
    )
