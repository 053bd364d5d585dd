"""The security card of each access point."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from captive_portal.services import services
from captive_portal.staff.faults import DISCONNECTS, FAULTS
from captive_portal.staff.guard import colleague
from hotspots.security.card import Card, judge
from hotspots.security.facts import of_access_points
from hotspots.security.remedies import remedy


def show() -> ResponseReturnValue:
    """The visible access points, the worst first; what was never heard stands last."""
    scope, now = colleague().scope, services().clock()
    with services().database.read() as db:
        places = None if scope.is_everything else scope.access_point_ids(db)
        facts = of_access_points(db, services().database.vault, places)
    cards = sorted((judge(each, now) for each in facts), key=_worst_first)
    return render_template(
        "staff/access_points.html", cards=cards, faults=FAULTS, disconnects=DISCONNECTS, remedy=remedy
    )


def _worst_first(card: Card) -> tuple[bool, int, str]:
    return card.grade is None, -ord(card.grade or "A"), card.facts.name
