"""What waits on this machine's disk for the database, in words; and the page of the time when it does not answer."""

from __future__ import annotations

import logging

from flask import g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import DatabaseError

from captive_portal import figures
from captive_portal.services import services
from captive_portal.staff.guard import login_manager
from hotspots.recorder.backlog import FOLDER
from hotspots.storage.spool import look

_log = logging.getLogger(__name__)

_SIGNED_IN = "_user_id"  # Flask-Login's name for it, in the signed cookie


def sentence() -> str:
    """How much waits, and for how long; empty where nothing does."""
    found = look(services().settings.data_dir / FOLDER, services().clock().timestamp())
    if not found.octets:
        return ""
    amount, time = figures.octets(found.octets), figures.duration(round(found.age_seconds))
    return str(
        gettext(
            "%(amount)s of what access points reported have been waiting for the database for %(time)s. "
            "They are kept on disk, and are written down when the database takes them.",
            amount=amount,
            time=time,
        )
    )


def without_database(error: DatabaseError) -> ResponseReturnValue:
    """Instead of any page of the dashboards; whoever signed in before is told how much waits."""
    _log.error("the database did not answer %s %s", request.method, request.path, exc_info=error)
    advice = gettext("Residents whom the access points know still get online. Call the technician if it goes on.")
    waits = sentence() if _SIGNED_IN in session else ""
    # Every template is given who is signed in, for which Flask-Login would ask the database again.
    g._login_user = login_manager.anonymous_user()
    heading = gettext("The database does not answer")
    page = render_template(
        "error.html", heading=heading, advice=f"{advice} {waits}".strip(), carried={}, other_languages={}
    )
    return page, 503
