"""The lists of sessions, one session, and the button that ends it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session as OrmSession

from captive_portal.services import services
from captive_portal.staff import queries_sessions
from captive_portal.staff.device import DeviceAsked
from captive_portal.staff.guard import colleague
from captive_portal.staff.paging import Page, PageKey
from captive_portal.staff.queries_sessions import Filter
from captive_portal.staff.scope import Scope
from hotspots.models import Session
from hotspots.sessions import disconnects


def show() -> ResponseReturnValue:
    """Open or ended sessions, by hotspot and device."""
    scope, device = colleague().scope, DeviceAsked.of(request.args.get("device", ""))
    with services().database.read() as db:
        wanted = _filter(db, scope, device)
        page = _page(db, scope, wanted, device)
        return render_template(
            "staff/sessions.html",
            page=page,
            wanted=wanted,
            device=device,
            hotspots=scope.hotspots(db),
            commands=queries_sessions.commands(db, page.rows),
        )


def detail(session_id: int) -> ResponseReturnValue:
    """One session, and how far the command to end it has come."""
    with services().database.read() as db:
        session = colleague().scope.session(db, session_id)
        command = queries_sessions.commands(db, [session]).get(session.id)
        return render_template("staff/session.html", session=session, command=command)


def disconnect(session_id: int) -> ResponseReturnValue:
    """Ask for a session to be ended."""
    me, now = colleague(), services().clock()
    with services().database.write() as db:
        session = me.scope.session(db, session_id)
        if disconnects.ask(db, session, asked_by=me.name, now=now) is None:
            flash(gettext("This session has ended by itself."))
    return redirect(url_for("staff.session", session_id=session_id), 303)


def _filter(db: OrmSession, scope: Scope, device: DeviceAsked) -> Filter:
    slug = request.args.get("hotspot")
    hotspot = scope.hotspot(db, slug) if slug else None
    return Filter(request.args.get("show") != "recent", services().clock(), hotspot, device.mac)


def _page(db: OrmSession, scope: Scope, wanted: Filter, device: DeviceAsked) -> Page[Session]:
    if device.is_wrong:
        return Page([], None)
    return queries_sessions.sessions(db, scope, wanted, PageKey.parse(request.args.get("after")))
