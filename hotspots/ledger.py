"""The stays of this month in memory, by subject, so that a login asks no database."""

from __future__ import annotations

from datetime import datetime, timedelta

from hotspots.plans import Plan
from hotspots.policy import Limits, OpenSession, Subject, SubjectKind, Usage
from hotspots.stay import Stay, open_sessions, usage
from hotspots.usage_window import end_of_warsaw_month, start_of_warsaw_month

_PENDING = timedelta(minutes=2)
"""How long a grant is set aside for a session whose Start has not come."""


class Ledger:
    """Stays by subject, kept true by accounting; grants whose Start has not come yet stand beside them."""

    def __init__(self) -> None:
        self._stays: dict[Subject, dict[str, Stay]] = {}
        self._month_ends: datetime | None = None

    def put(self, subject: Subject, stay: Stay) -> None:
        """Take the newest state of a stay; it replaces the earlier one, and the grant that it came from."""
        stays = self._stays.setdefault(subject, {})
        stays.pop(_reservation(stay.device), None)
        stays[stay.key] = stay

    def reserve(self, subject: Subject, device: str, limits: Limits, now: datetime) -> None:
        """Set a grant aside until its session starts, so that a second device is not given the same remainder.

        One grant a device: a device that asks again is given the same one again.
        """
        key = _reservation(device)
        self._stays.setdefault(subject, {})[key] = Stay(
            key, device, now, now, False, 0, 0, limits.session_seconds, limits.total_octets, pending=True
        )

    def stays(self, subject: Subject, now: datetime) -> list[Stay]:
        """The stays of a subject that still matter: this month's, without grants that no session followed."""
        self._forget_last_month(now)
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

    def _forget_last_month(self, now: datetime) -> None:
        if self._month_ends is not None and now < self._month_ends:
            return
        month, self._month_ends = start_of_warsaw_month(now), end_of_warsaw_month(now)
        # A day more, since a pause or a session may reach over the turn of the month. What a voucher gives is
        # counted over its whole life, so its stays are kept.
        keep = month - timedelta(days=1)
        self._stays = {
            subject: kept
            for subject, stays in self._stays.items()
            if (
                kept := {
                    key: stay
                    for key, stay in stays.items()
                    if subject.kind is SubjectKind.VOUCHER or stay.last_moment >= keep or not stay.ended
                }
            )
        }


def _reservation(device: str) -> str:
    return f"reserved/{device}"


def _came_to_nothing(stay: Stay, now: datetime) -> bool:
    return stay.pending and now - stay.heard_at > _PENDING
