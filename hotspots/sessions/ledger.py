"""The stays in memory that decide logins, by subject, so that a login asks no database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hotspots.plans import Plan
from hotspots.policy import Limits, OpenSession, Subject, SubjectKind, Usage
from hotspots.sessions.stay import Stay, open_sessions, usage
from hotspots.sessions.usage_window import (
    end_of_warsaw_day,
    end_of_warsaw_month,
    start_of_warsaw_day,
    start_of_warsaw_month,
)

_PENDING = timedelta(minutes=2)
"""How long a grant is set aside for a session whose Start has not come."""


_OVERLAP = timedelta(days=1)
"""So much longer than a window stays are kept: a pause or a session may reach over its beginning."""


def first_that_counts(now: datetime, *, counts_months: bool) -> datetime:
    """When the earliest stay ended that still decides a login, a voucher's budget aside: a month is 20 times a day."""
    return (start_of_warsaw_month(now) if counts_months else start_of_warsaw_day(now)) - _OVERLAP


class Ledger:
    """Stays by subject, kept true by accounting; grants whose Start has not come yet stand beside them.

    ``counted_whole`` says whose stays are counted over their whole life. ``counts_months`` is whether there is a plan
    in use that counts by the month; without one, what is older than a day is let go.
    """

    def __init__(self, counted_whole: Callable[[Subject], bool] = lambda _: False) -> None:
        self._stays: dict[Subject, dict[str, Stay]] = {}
        self._counted_whole = counted_whole
        self._counts_months = True
        self._window_ends: datetime | None = None

    def __len__(self) -> int:
        """How many subjects have stays here."""
        return len(self._stays)

    @property
    def counts_months(self) -> bool:
        """Whether stays are kept for a month."""
        return self._counts_months

    @counts_months.setter
    def counts_months(self, value: bool) -> None:
        if value != self._counts_months:
            self._counts_months, self._window_ends = value, None

    def put(self, subject: Subject, stay: Stay) -> None:
        """Take the newest state of a stay; it replaces the earlier one, and the grant that it came from.

        A grant that another worker has set aside is taken, too, unless more is known of its device by now.
        """
        stays = self._stays.setdefault(subject, {})
        if stay.pending:
            if all(known.heard_at < stay.heard_at for known in stays.values() if known.device == stay.device):
                stays[stay.key] = stay
            return
        stays.pop(_key(stay.device), None)
        stays[stay.key] = stay

    def reserve(self, subject: Subject, device: str, limits: Limits, now: datetime) -> Stay:
        """Set a grant aside until its session starts, so that a second device is not given the same remainder.

        One grant a device: a device that asks again is given the same one again.
        """
        stay = reservation(device, limits.session_seconds, limits.total_octets, now)
        self._stays.setdefault(subject, {})[stay.key] = stay
        return stay

    def stays(self, subject: Subject, now: datetime) -> list[Stay]:
        """The stays of a subject that still matter, without grants that no session followed."""
        self._forget_what_is_over(now)
        known = self._stays.get(subject)
        if not known:
            return []
        return [stay for stay in known.values() if not _came_to_nothing(stay, now)]

    def usage(self, subject: Subject, plan: Plan, now: datetime) -> tuple[Usage, list[OpenSession]]:
        """What :func:`hotspots.policy.decide` wants to know of a subject."""
        stays = self.stays(subject, now) if plan.looks_back else []
        if not stays:
            return Usage(), []
        return usage(stays, plan, now), open_sessions(stays, plan, now)

    def _forget_what_is_over(self, now: datetime) -> None:
        if self._window_ends is not None and now < self._window_ends:
            return
        self._window_ends = end_of_warsaw_month(now) if self._counts_months else end_of_warsaw_day(now)
        keep = first_that_counts(now, counts_months=self._counts_months)
        # Where an account's own phone was online is asked for the whole month (hotspots.logins.login).
        of_accounts = first_that_counts(now, counts_months=True)
        self._stays = {
            subject: kept
            for subject, stays in self._stays.items()
            if (kept := self._kept(subject, stays, of_accounts if subject.kind is SubjectKind.RESIDENT else keep))
        }

    def _kept(self, subject: Subject, stays: dict[str, Stay], since: datetime) -> dict[str, Stay]:
        if self._counted_whole(subject):
            return stays
        return {key: stay for key, stay in stays.items() if stay.last_moment >= since or not stay.ended}


def reservation(device: str, seconds: int | None, octets: int | None, now: datetime) -> Stay:
    """A grant as a stay that nothing has been heard of yet: all of it may still be used."""
    return Stay(_key(device), device, now, now, False, 0, 0, seconds, octets, pending=True)


def _key(device: str) -> str:
    return f"reserved/{device}"


def _came_to_nothing(stay: Stay, now: datetime) -> bool:
    return stay.pending and now - stay.heard_at > _PENDING
