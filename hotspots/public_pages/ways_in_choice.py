"""Choosing the ways in of a hotspot, by whoever may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.errors import HotspotsError
from hotspots.models import Hotspot
from hotspots.public_pages import ways_in
from hotspots.public_pages.ways_in import WayIn


def fault(hotspot: Hotspot, ways: Sequence[WayIn]) -> str | None:
    """Why this hotspot cannot have these ways in; None where it can."""
    return ways_in.fault(
        ways,
        wifi4eu=hotspot.wifi4eu_network is not None,
        grace=hotspot.grace_plan_id is not None,
        sms_paid=hotspot.authority.sms_monthly_grosze is not None,
    )


def choose(db: OrmSession, hotspot: Hotspot, ways: Sequence[WayIn], *, chosen_by: str, now: datetime) -> None:
    """Let the login page of this hotspot have these ways in, in this order, from now on.

    Raises:
        HotspotsError: It cannot have them, or there is none; nothing was changed.
    """
    if not ways:
        raise HotspotsError(f"{hotspot.slug} would have no way in", hint="name at least one, such as tap")
    wrong = fault(hotspot, ways)
    if wrong is not None:
        raise HotspotsError(f"ways_in of {hotspot.slug} {wrong}", hint="see docs/ways-in.md")
    before, after = list(hotspot.ways_in), [way.value for way in ways]
    if before == after:
        return
    hotspot.ways_in = after
    detail = {"before": before, "after": after}
    audit.append(db, actor=chosen_by, action="hotspot.ways_in", subject=hotspot.slug, now=now, detail=detail)
