"""The list of refused logins: why somebody cannot get on."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from captive_portal.services import services
from captive_portal.staff import queries_refusals
from captive_portal.staff.device import DeviceAsked
from captive_portal.staff.guard import colleague
from captive_portal.staff.paging import Page, PageKey
from hotspots.models import LoginDecision


def show() -> ResponseReturnValue:
    """Refusals, newest first; those of one device when it is asked for."""
    device, now = DeviceAsked.of(request.args.get("device", "")), services().clock()
    after = PageKey.parse(request.args.get("after"))
    with services().database.read() as db:
        page: Page[LoginDecision] = Page([], None)
        if not device.is_wrong:
            page = queries_refusals.refusals(db, colleague().scope, device.mac, after, now)
        return render_template("staff/refusals.html", page=page, device=device)
