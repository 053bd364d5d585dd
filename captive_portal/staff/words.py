"""Counts, days and moments as tables show them, in the language of the request and Warsaw time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from flask_babel import format_date, format_decimal

from hotspots.sessions.usage_window import WARSAW

_NBSP: Final = "\u00a0"


def number(count: int) -> str:
    """A count with the language's separators."""
    return str(format_decimal(count))


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


def date_of(at: datetime) -> str:
    """The day of a moment in Warsaw, with its year."""
    return whole_day(at.astimezone(WARSAW).date())


def whole_day(when: date) -> str:
    """A day with its year."""
    return str(format_date(when, "d MMM y")).replace(" ", _NBSP)


def iso(at: datetime) -> str:
    """A moment for ``<time datetime>``, in Warsaw with its offset."""
    return at.astimezone(WARSAW).isoformat(timespec="seconds")
