"""How residents come in at each hotspot: choosing it, and seeing the page as they will."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import BadRequest, Forbidden

from captive_portal.services import services
from captive_portal.staff.guard import colleague
from captive_portal.staff.preview import login_page
from hotspots.models import Hotspot
from hotspots.public_pages import ways_in_choice
from hotspots.public_pages.ways_in import WayIn
from hotspots.staff import Role

NAMES: Final = {
    WayIn.TAP: lazy_gettext("One tap"),
    WayIn.VOUCHER: lazy_gettext("Voucher"),
    WayIn.SMS: lazy_gettext("Code by SMS"),
    WayIn.EMAIL: lazy_gettext("Code by e-mail"),
    WayIn.ACCOUNT: lazy_gettext("Account with a password"),
    WayIn.SPONSOR: lazy_gettext("A member of staff says yes"),
}
_MAY_CHOOSE: Final = (Role.ADMINISTRATOR, Role.TECHNICIAN)


def show() -> str:
    """The visible hotspots, each with its ways in."""
    with services().database.read() as db:
        return render_template("staff/ways_in.html", hotspots=colleague().scope.hotspots(db), names=NAMES)


def edit(slug: str) -> ResponseReturnValue:
    """Choose the ways in of one hotspot: a place on the page for each, or none."""
    with services().database.read() as db:
        hotspot = colleague().scope.hotspot(db, slug)
        return _form(hotspot, [WayIn(way) for way in hotspot.ways_in], "")


def choose(slug: str) -> ResponseReturnValue:
    """Take the choice, or say what is wrong with it."""
    me, here = colleague(), services()
    if me.role not in _MAY_CHOOSE:
        raise Forbidden
    chosen = _chosen()
    with here.database.write() as db:
        hotspot = me.scope.hotspot(db, slug)
        wrong = _wrong(hotspot, chosen)
        if wrong:
            return _form(hotspot, chosen, wrong), 422
        ways_in_choice.choose(db, hotspot, chosen, chosen_by=me.name, now=here.clock())
    flash(gettext("The login page has these ways in now."))
    return redirect(url_for("staff.ways_in_of", slug=slug), 303)


def preview(slug: str) -> ResponseReturnValue:
    """The login page as residents see it there; nothing can be sent from it."""
    with services().database.read() as db:
        hotspot = colleague().scope.hotspot(db, slug)
        if not hotspot.access_points:
            return render_template("staff/no_preview.html", name=hotspot.name), 404
        return login_page(hotspot.access_points[0])


def _chosen() -> list[WayIn]:
    """The ways that have a place in the form, by place; equal places in the order of the form."""
    try:
        places = {way: int(request.form.get(way, "0")) for way in WayIn}
    except ValueError:
        raise BadRequest from None
    return sorted((way for way in WayIn if places[way] > 0), key=places.__getitem__)


def _wrong(hotspot: Hotspot, chosen: list[WayIn]) -> str:
    """What speaks against the choice, in words; empty where nothing does."""
    if not chosen:
        return str(gettext("Leave at least one way in."))
    if ways_in_choice.fault(hotspot, chosen) is None:
        return ""
    if hotspot.wifi4eu_network is not None:
        return str(gettext("This is a hotspot of WiFi4EU: one tap is the only way in that its rules allow."))
    if WayIn.SMS in chosen and hotspot.authority.sms_monthly_grosze is None:
        return str(gettext("Codes by SMS need a decision how much a month may cost (sms_monthly_grosze)."))
    return str(gettext("Codes by e-mail need a plan for those who fetch them (grace_plan)."))


def _form(hotspot: Hotspot, chosen: list[WayIn], wrong: str) -> str:
    may = colleague().role in _MAY_CHOOSE
    return render_template(
        "staff/ways_in_of.html", hotspot=hotspot, chosen=chosen, names=NAMES, wrong=wrong, may=may
    )
