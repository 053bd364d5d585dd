"""Figures and instants as people read them, in the language of the request and Warsaw time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from flask_babel import format_date, format_decimal, gettext

from hotspots.usage_window import WARSAW

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")
_NBSP: Final = "\u00a0"


def octets(count: int) -> str:
    """Octets in decimal units with three figures or so, such as ``1,5 GB``."""
    value, unit = float(count), 0
    # 999.5 would be shown as 1000 of the smaller unit.
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    pattern = "#,##0.#" if unit and value < 100 else "#,##0"
    return f"{format_decimal(value, format=pattern)}{_NBSP}{_UNITS[unit]}"


def number(count: int) -> str:
    """A count with the language's separators."""
    return str(format_decimal(count))


def duration(seconds: int) -> str:
    """A duration in its two largest units, such as ``1 h 05 min``."""
    if seconds < 60:
        return str(gettext("%(seconds)d s", seconds=seconds)).replace(" ", _NBSP)
    minutes, hours, days = seconds // 60 % 60, seconds // 3600, seconds // 86400
    if hours == 0:
        words: str = gettext("%(minutes)d min", minutes=minutes)
    elif hours < 48:
        words = gettext("%(hours)d h %(minutes)02d min", hours=hours, minutes=minutes)
    else:
        words = gettext("%(days)d d %(hours)d h", days=days, hours=hours % 24)
    return words.replace(" ", _NBSP)


def instant(at: datetime, now: datetime) -> str:
    """A moment in Warsaw: the time today, day and time otherwise."""
    local = at.astimezone(WARSAW)
    clock = local.strftime("%H:%M")
    today = now.astimezone(WARSAW).date()
    if local.date() == today:
        return clock
    pattern = "d MMM" if local.year == today.year else "d MMM y"
    return f"{format_date(local.date(), pattern)}, {clock}".replace(" ", _NBSP)


def day(when: date) -> str:
    """A day with its weekday, such as ``pon., 2 mar``."""
    return str(format_date(when, "EEE, d MMM"))


def iso(at: datetime) -> str:
    """A moment for ``<time datetime>``, in Warsaw with its offset."""
    return at.astimezone(WARSAW).isoformat(timespec="seconds")
