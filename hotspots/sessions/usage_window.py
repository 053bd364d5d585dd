"""The windows of time that quotas are counted in: days and months of Warsaw time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")

# What is reckoned around a moment stays within the years that there are.
_YEARS = range(1970, 9999)


def start_of_warsaw_day(now: datetime) -> datetime:
    """The last midnight in Warsaw at or before ``now``, in UTC; a day has 23 or 25 hours when the clocks change."""
    return _midnight(_hour(now))


def end_of_warsaw_day(now: datetime) -> datetime:
    """The next midnight in Warsaw after ``now``, in UTC."""
    return _next_midnight(start_of_warsaw_day(now))


def start_of_warsaw_month(now: datetime) -> datetime:
    """The first midnight of the month of ``now`` in Warsaw, in UTC."""
    return _first_midnight(_hour(now))


def end_of_warsaw_month(now: datetime) -> datetime:
    """The first midnight of the next month in Warsaw, in UTC."""
    return _next_month(start_of_warsaw_month(now))


def warsaw_moment(text: str) -> datetime | None:
    """A moment as people write it (ISO 8601), in Warsaw where it names no offset; None where it is none of our time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return (moment.replace(tzinfo=WARSAW) if moment.tzinfo is None else moment).astimezone(UTC)


def _hour(now: datetime) -> datetime:
    """The beginning of the hour: in Warsaw days begin at whole hours, so it has the same windows as ``now``."""
    return now.replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=64)
def _midnight(hour: datetime) -> datetime:
    return hour.astimezone(WARSAW).replace(hour=0).astimezone(UTC)


@lru_cache(maxsize=64)
def _first_midnight(hour: datetime) -> datetime:
    return hour.astimezone(WARSAW).replace(day=1, hour=0).astimezone(UTC)


@lru_cache(maxsize=64)
def _next_midnight(day_start: datetime) -> datetime:
    # 26 hours reach into the next day on each day of the year, and never past it.
    return start_of_warsaw_day(day_start + timedelta(hours=26))


@lru_cache(maxsize=64)
def _next_month(month_start: datetime) -> datetime:
    return start_of_warsaw_month(month_start + timedelta(days=32))
