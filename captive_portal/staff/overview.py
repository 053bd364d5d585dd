"""The first page: the hotspots, what happened today, and the last seven days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as OrmSession

from captive_portal.security import allow
from captive_portal.services import services
from captive_portal.staff import chart, fault_reports, queries_overview, unsigned, waiting
from captive_portal.staff.guard import colleague
from captive_portal.staff.scope import Scope
from hotspots.models import Authority
from hotspots.sessions import disconnects, usage

DAYS: Final = 7
UNDECIDED: Final = "undecided"


def show() -> ResponseReturnValue:
    """The overview of what this member of staff may see."""
    scope, now = colleague().scope, services().clock()
    allow("script-src", "'self'")
    with services().database.read() as db:
        places = queries_overview.places(db, scope, now)
        days = usage.last_days(db, DAYS, now, scope.authority_ids)
        return render_template(
            "staff/overview.html",
            places=places,
            totals=queries_overview.totals(places),
            days=days,
            figure=chart.figure(days),
            undecided=_undecided(db, scope),
            unsigned=unsigned.access_points(db, scope),
            open_faults=fault_reports.count_open(db, scope),
            waiting=waiting.sentence(),
            unproved=disconnects.unproved(db, now, None if scope.is_everything else scope.access_point_ids(db)),
        )


def _undecided(db: OrmSession, scope: Scope) -> Sequence[Authority]:
    return [authority for authority in scope.authorities(db) if authority.retention_mode == UNDECIDED]
