"""Why somebody got on or did not: the last decisions for a device, a voucher or around a session."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as OrmSession

from captive_portal.services import services
from captive_portal.staff.device import DeviceAsked
from captive_portal.staff.guard import colleague
from captive_portal.staff.scope import Scope
from captive_portal.staff.telling import nothing, story
from hotspots.logins.explanation import Explainer, Told
from hotspots.sessions.usage_window import warsaw_moment


def device() -> ResponseReturnValue:
    """The decisions for the device that is asked for, around a moment where one is given."""
    asked, typed = DeviceAsked.of(request.args.get("device", "")), request.args.get("at", "").strip()
    at = warsaw_moment(typed)
    with services().database.read() as db:
        told = [] if asked.mac is None else _explainer(db, colleague().scope, at).device(asked.mac)
        return _page(told, device=asked, at=at, at_wrong=bool(typed) and at is None)


def session(session_id: int) -> ResponseReturnValue:
    """What let a session in, and what was refused to its device around it."""
    with services().database.read() as db:
        found = colleague().scope.session(db, session_id)
        told = _explainer(db, colleague().scope, None).session(found)
        return _page(told, device=DeviceAsked.of(found.device or ""), stay=found)


def voucher(voucher_id: int) -> ResponseReturnValue:
    """The decisions for a voucher."""
    with services().database.read() as db:
        found = colleague().scope.voucher(db, voucher_id)
        told = _explainer(db, colleague().scope, None).voucher(found.id)
        return _page(told, device=DeviceAsked.of(""), voucher=found)


def _explainer(db: OrmSession, scope: Scope, at: datetime | None) -> Explainer:
    places = None if scope.is_everything else scope.access_point_ids(db)
    return Explainer(db, at or services().clock(), places)


def _page(told: list[Told], **about: object) -> str:
    now = services().clock()
    stories = [story(each, now) for each in told]
    return render_template("staff/explain.html", stories=stories, nothing=nothing(), **about)
