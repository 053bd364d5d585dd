"""How well each hotspot did in the last week, from what its access points reported themselves.

Nothing measures how quickly pages come: this knows on which days somebody was online, and how many connections ended
because the hotspot itself went away. A gateway that nobody uses says nothing, so that a week without anybody gives no
figures at all, and no time is counted as an outage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database
from hotspots.models import AccessPoint, Session, UsageHour
from hotspots.sessions.accounting import LOST, NAS_REBOOT, STALE
from hotspots.sessions.usage_window import WARSAW, start_of_warsaw_day

DAYS: Final = 7
BROKEN: Final = (STALE, NAS_REBOOT, "NAS-Error", "Port-Error", "Lost-Service")
"""Ends that are the hotspot's doing (RFC 2866 section 5.10, and our own); a phone that is carried away is none."""


@dataclass(frozen=True, slots=True)
class PlaceQuality:
    """A week of one hotspot: days on which somebody was online, connections that ended, and those that broke off."""

    days: int
    ended: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class MeasuredWeek:
    """The figures by the number of the hotspot, where there are any, and the Warsaw days that they are from."""

    first: date
    last: date
    hotspots: Mapping[int, PlaceQuality]


def measure(db: OrmSession, now: datetime) -> MeasuredWeek:
    """The last whole Warsaw days before today: what they say does not change any more."""
    until = start_of_warsaw_day(now)
    today = until.astimezone(WARSAW).date()
    # A day has 23 to 25 hours: half a day before its end is always within it.
    starts = [start_of_warsaw_day(until - timedelta(days=back, hours=12)) for back in reversed(range(DAYS))]
    days, ended, broken = Counter[int](), Counter[int](), Counter[int]()
    for since, end in pairwise((*starts, until)):
        days.update(_in_use(db, since, end))
        for hotspot, all_ends, breaks in _ends(db, since, end):
            ended[hotspot] += all_ends
            broken[hotspot] += breaks
    found = {hotspot: PlaceQuality(days[hotspot], ended[hotspot], broken[hotspot]) for hotspot in days}
    return MeasuredWeek(today - timedelta(days=DAYS), today - timedelta(days=1), found)


class WeekDesk:
    """The week as it was measured; anew once a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._measured: MeasuredWeek | None = None

    def week(self, now: datetime) -> MeasuredWeek:
        """The week before the Warsaw day of ``now``."""
        measured = self._measured
        if measured is None or measured.last != now.astimezone(WARSAW).date() - timedelta(days=1):
            with self._database.read() as db:
                measured = self._measured = measure(db, now)
        return measured


def _in_use(db: OrmSession, since: datetime, until: datetime) -> Iterator[int]:
    hotspots = (
        select(AccessPoint.hotspot_id)
        .join(UsageHour, UsageHour.access_point_id == AccessPoint.id)
        .where(UsageHour.hour >= since, UsageHour.hour < until)
        .distinct()
    )
    yield from db.scalars(hotspots)


def _ends(db: OrmSession, since: datetime, until: datetime) -> Iterator[tuple[int, int, int]]:
    """Of each hotspot, how many connections ended and how many broke off, within a day at most.

    Databases read a day from the index of ended sessions; a week would be so much of the table that they read it whole.
    Where the gateway did not know a session any more, nobody knows what ended it.
    """
    broken = func.sum(case((Session.terminate_cause.in_(BROKEN), 1), else_=0))
    known = func.coalesce(Session.terminate_cause, "") != LOST
    statement = (
        select(AccessPoint.hotspot_id, func.count(), broken)
        .join(Session.access_point)
        .where(Session.stopped_at >= since, Session.stopped_at < until, known)
        .group_by(AccessPoint.hotspot_id)
    )
    for hotspot, ended, broke in db.execute(statement):
        yield hotspot, ended, int(broke)
