"""Figures as people read them: durations, amounts of data, rates, moments; in their language, in Warsaw time."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from babel.dates import get_day_names
from babel.units import format_unit
from flask import Flask
from flask_babel import format_date, format_datetime, format_time, gettext

from captive_portal.languages import language
from captive_portal.services import services
from hotspots.sessions.usage_window import WARSAW

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY: Final = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b")


def duration(seconds: int) -> str:
    """Whole minutes, rounded down, such as ``3 h 12 min``; seconds below one minute."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours and not minutes:
        return _unit(seconds, "second")
    parts = [_unit(hours, "hour")] if hours else []
    return " ".join([*parts, *([_unit(minutes, "minute")] if minutes else [])])


def long_time(seconds: int) -> str:
    """Whole days from two days on, rounded down; a duration below."""
    days = seconds // 86_400
    return duration(seconds) if days < 2 else _unit(days, "day")


def octets(amount: int) -> str:
    """In decimal units, as phones show data: ``750 MB``, ``1.2 GB``."""
    for unit, size in (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3)):
        if amount >= size:
            return _unit(round(amount / size, 1), unit)
    return _unit(amount, "byte")


def distance(metres: int) -> str:
    """``800 m``, ``12.3 km``."""
    return _unit(metres, "meter") if metres < 1000 else _unit(round(metres / 1000, 1), "kilometer")


def rate(bps: int) -> str:
    """``10 Mbit/s``, ``512 kbit/s``."""
    for unit, size in (("megabit", 10**6), ("kilobit", 10**3)):
        if bps >= size:
            return _unit(round(bps / size, 1), unit) + "/s"
    return _unit(bps, "bit") + "/s"


def moment(instant: datetime) -> str:
    """The time of day alone where it is today, with the date otherwise."""
    today = services().clock().astimezone(WARSAW).date()
    local = instant.astimezone(WARSAW)
    if local.date() == today:
        return str(gettext("today at %(time)s", time=format_time(instant, "HH:mm")))
    return str(format_datetime(instant, "EEEE, d. MMMM, HH:mm" if language() == "de" else "EEEE, d MMMM, HH:mm"))


def day(value: date) -> str:
    """A day with its month and year in words; of an instant, the day that it has in Warsaw."""
    return str(format_date(value, "long"))


def opening_hours(text: str) -> str:
    """Opening hours as they are kept (OpenStreetMap's notation), with the days named in the reader's language."""
    names = get_day_names("abbreviated", locale=language())
    return _DAY.sub(lambda found: names[_DAYS.index(found[0])], text).replace("-", "–")


def install(app: Flask) -> None:
    """Make them filters of the templates."""
    app.jinja_env.filters.update(duration=duration, octets=octets, rate=rate, moment=moment, day=day)
    app.jinja_env.filters.update(opening_hours=opening_hours)


def _unit(amount: float, unit: str) -> str:
    whole = int(amount) if amount == int(amount) else amount
    return format_unit(whole, f"{_KINDS[unit]}-{unit}", length="short", locale=language())


_KINDS = {
    **dict.fromkeys(("meter", "kilometer"), "length"),
    **dict.fromkeys(("second", "minute", "hour", "day"), "duration"),
    **dict.fromkeys(("byte", "kilobyte", "megabyte", "gigabyte", "bit", "kilobit", "megabit"), "digital"),
}
