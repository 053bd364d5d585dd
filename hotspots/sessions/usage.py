"""What went through the network, summed up from the hourly aggregates: by hour, by Warsaw day, by hotspot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import AccessPoint, Hotspot, UsageHour
from hotspots.sessions.usage_window import WARSAW, end_of_warsaw_day, start_of_warsaw_day

_Key = TypeVar("_Key", datetime, int)


@dataclass(frozen=True, slots=True)
class UsageSum:
    """What several hours add up to; up is from the residents to the Internet."""

    sessions_started: int = 0
    session_seconds: int = 0
    octets_up: int = 0
    octets_down: int = 0

    def __add__(self, other: UsageSum) -> UsageSum:
        return UsageSum(
            self.sessions_started + other.sessions_started,
            self.session_seconds + other.session_seconds,
            self.octets_up + other.octets_up,
            self.octets_down + other.octets_down,
        )

    @property
    def octets(self) -> int:
        """Both ways together."""
        return self.octets_up + self.octets_down


def by_hour(
    db: OrmSession, since: datetime, until: datetime, authority_ids: Collection[int] | None = None
) -> dict[datetime, UsageSum]:
    """The sums of each hour that begins in ``[since, until)``, hours without any use left out.

    Args:
        db: A session of the database.
        since: The first moment, timezone-aware.
        until: The moment at which to stop.
        authority_ids: Whose hotspots; None for all.
    """
    return _sums(db, UsageHour.hour, since, until, authority_ids)


def by_hotspot(
    db: OrmSession, since: datetime, until: datetime, authority_ids: Collection[int] | None = None
) -> dict[int, UsageSum]:
    """The sums of each hotspot, by its id, over the hours that begin in ``[since, until)``."""
    return _sums(db, AccessPoint.hotspot_id, since, until, authority_ids)


def by_authority(
    db: OrmSession, since: datetime, until: datetime, authority_ids: Collection[int] | None = None
) -> dict[int, UsageSum]:
    """The sums of each authority, by its id, over the hours that begin in ``[since, until)``."""
    return _sums(db, Hotspot.authority_id, since, until, authority_ids)


def by_day(hours: Mapping[datetime, UsageSum], days: Iterable[date]) -> dict[date, UsageSum]:
    """The sums of each of these Warsaw days, in their order; a day without use is there with zeros."""
    sums = {day: UsageSum() for day in days}
    for hour, usage in hours.items():
        day = hour.astimezone(WARSAW).date()
        if day in sums:
            sums[day] += usage
    return sums


def last_days(
    db: OrmSession, count: int, now: datetime, authority_ids: Collection[int] | None = None
) -> dict[date, UsageSum]:
    """The last ``count`` Warsaw days, today included, oldest first."""
    today = now.astimezone(WARSAW).date()
    days = [today - timedelta(days=back) for back in reversed(range(count))]
    noon = datetime(days[0].year, days[0].month, days[0].day, 12, tzinfo=WARSAW)
    return by_day(by_hour(db, start_of_warsaw_day(noon), end_of_warsaw_day(now), authority_ids), days)


def _sums(
    db: OrmSession,
    group: InstrumentedAttribute[_Key],
    since: datetime,
    until: datetime,
    authority_ids: Collection[int] | None,
) -> dict[_Key, UsageSum]:
    statement = (
        select(
            group,
            func.sum(UsageHour.sessions_started),
            func.sum(UsageHour.session_seconds),
            func.sum(UsageHour.octets_up),
            func.sum(UsageHour.octets_down),
        )
        .join(AccessPoint, AccessPoint.id == UsageHour.access_point_id)
        .join(Hotspot, Hotspot.id == AccessPoint.hotspot_id)
        .where(UsageHour.hour >= since, UsageHour.hour < until)
        .group_by(group)
        .order_by(group)
    )
    if authority_ids is not None:
        statement = statement.where(Hotspot.authority_id.in_(authority_ids))
    # PostgreSQL gives the sum of integers as a decimal.
    return {key: UsageSum(*map(int, sums)) for key, *sums in db.execute(statement)}
