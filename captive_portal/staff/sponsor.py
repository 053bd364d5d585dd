"""Saying yes or no to a visitor: the page that the link in the mail leads to, behind the login."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session as OrmSession
from werkzeug.exceptions import NotFound

from captive_portal.services import services
from captive_portal.staff.guard import colleague
from hotspots.models import SponsorRequest
from hotspots.residents import sponsoring


def show(request_id: str) -> str:
    """Who asks, where and since when; nothing happens before the form is sent."""
    here = services()
    with here.database.read() as db:
        found = _visible(db, request_id)
        words = here.database.vault.open(found.sealed_words).get_secret_value()
        over = found.answered_at is not None or here.clock() >= found.expires_at
        return render_template("staff/sponsor.html", request_=found, words=words, over=over)


def answer(request_id: str) -> ResponseReturnValue:
    """Take the answer."""
    here, me = services(), colleague()
    yes = request.form.get("answer") == "yes"
    with here.database.write() as db:
        taken = sponsoring.answer(db, _visible(db, request_id), yes=yes, answered_by=me.name, now=here.clock())
    if not taken:
        flash(gettext("This had been answered already, or it is too late."))
    return redirect(url_for("staff.sponsor", request_id=request_id), 303)


def _visible(db: OrmSession, request_id: str) -> SponsorRequest:
    found = db.get(SponsorRequest, request_id)
    if found is None:
        raise NotFound
    colleague().scope.hotspot(db, found.hotspot.slug)
    return found
