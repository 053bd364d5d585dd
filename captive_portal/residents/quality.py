"""What was measured at a hotspot, in plain words."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext

from hotspots.public_pages.place_quality import DAYS, PlaceQuality

FEWEST: Final = 20
"""Connections: a share of fewer says nothing, and might say something about somebody."""

_HARDLY: Final = 0.02
_SOMETIMES: Final = 0.1


def sentence(measured: PlaceQuality | None) -> str:
    """On how many days it was in use, and how often it let connections break off; nothing where nothing is known."""
    if measured is None or not measured.days:
        return ""
    used = str(gettext("In use on %(used)d of %(days)d days.", used=measured.days, days=DAYS))
    if measured.ended < FEWEST:
        return used
    share = measured.broken / measured.ended
    counts = {"broken": measured.broken, "ended": measured.ended}
    if share <= _HARDLY:
        held = gettext("Connections hardly ever broke off (%(broken)d of %(ended)d).", **counts)
    elif share <= _SOMETIMES:
        held = gettext("Connections sometimes broke off (%(broken)d of %(ended)d).", **counts)
    else:
        held = gettext("Connections often broke off (%(broken)d of %(ended)d).", **counts)
    return f"{used} {held}"
