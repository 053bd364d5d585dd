"""A stay: one session as quotas see it, and what a subject's stays add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from hotspots.plans import Plan
from hotspots.policy import OpenSession, Usage
from hotspots.sessions.usage_window import start_of_warsaw_day, start_of_warsaw_month

_NEVER_HEARD_AGAIN = 3
"""After so many missed interim updates an open session counts as over."""


class Stay(Struct, frozen=True, array_like=True, gc=False):
    """One session of a subject: which device, from when, how long and how much so far; limits as granted.

    ``seconds`` and ``octets`` (both ways together) are the last that accounting told, at ``heard_at``.
    """

    key: str
    device: str
    started_at: datetime
    heard_at: datetime
    ended: bool
    seconds: int
    octets: int
    limit_seconds: int | None = None
    limit_octets: int | None = None
    pending: bool = False
    """A grant that no Start has followed yet."""
    access_point_id: int = 0
    """Where; 0 where that is not known."""

    @property
    def last_moment(self) -> datetime:
        """The latest instant at which the session is known to have been open."""
        return max(self.heard_at, self.started_at + timedelta(seconds=self.seconds))


def is_stale(stay: Stay, interim_seconds: int, now: datetime) -> bool:
    """Whether an open session has been silent for so long that its Stop must have been lost."""
    return not stay.ended and now - stay.heard_at > timedelta(seconds=_NEVER_HEARD_AGAIN * interim_seconds)


def open_sessions(stays: Iterable[Stay], plan: Plan, now: datetime) -> list[OpenSession]:
    """The sessions that are open and heard, with what each was granted and has not used yet."""
    return [
        OpenSession(
            stay.device,
            seconds_reserved=max(0, (stay.limit_seconds or 0) - stay.seconds),
            octets_reserved=max(0, (stay.limit_octets or 0) - stay.octets),
        )
        for stay in stays
        if not stay.ended and not is_stale(stay, plan.interim_seconds, now)
    ]


def usage(stays: Sequence[Stay], plan: Plan, now: datetime) -> Usage:
    """What these stays of one subject add up to at ``now``, each clipped to the window it is counted in."""
    day, month = start_of_warsaw_day(now), start_of_warsaw_month(now)
    today = [_clip(stay, day) for stay in stays]
    this_month = [_clip(stay, month) for stay in stays]
    ended = [stay.last_moment for stay in stays if stay.ended or is_stale(stay, plan.interim_seconds, now)]
    return Usage(
        day_seconds=sum(seconds for seconds, _ in today),
        day_octets=sum(octets for _, octets in today),
        month_seconds=sum(seconds for seconds, _ in this_month),
        month_octets=sum(octets for _, octets in this_month),
        last_ended_at=max(ended, default=None),
        spell_started_at=_spell_start(stays, plan.pause_seconds or 0),
    )


def _clip(stay: Stay, window_start: datetime) -> tuple[int, int]:
    """Seconds and octets of a stay from ``window_start`` on; octets in proportion to the time, rounded up."""
    before = int((window_start - stay.started_at).total_seconds())
    if before <= 0:
        return stay.seconds, stay.octets
    seconds = max(0, stay.seconds - before)
    if seconds == 0:
        return 0, 0
    return seconds, -(-stay.octets * seconds // stay.seconds)


def _spell_start(stays: Sequence[Stay], pause_seconds: int) -> datetime | None:
    """When the last run of stays began that follow each other by less than the pause."""
    start: datetime | None = None
    for stay in sorted(stays, key=lambda stay: stay.started_at, reverse=True):
        if start is not None and start - stay.last_moment >= timedelta(seconds=pause_seconds):
            break
        start = stay.started_at
    return start
