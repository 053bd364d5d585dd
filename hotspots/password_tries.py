"""How often a password may be tried: a few times at once, then one every ten seconds."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

TRIES_AT_ONCE: Final = 5
EVERY: Final = timedelta(seconds=10)
"""Nobody is locked out: who knows the password gets in with the next try, at most so much later."""

MOST_REMEMBERED: Final = 16_384


class PasswordTries:
    """Counts tries by whatever key is given, at most :data:`MOST_REMEMBERED` of them.

    A key's account is a single instant: when all that was tried will have been made good (the generic cell rate
    algorithm, ITU-T I.371).
    """

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._good_at: dict[Hashable, datetime] = {}

    def __len__(self) -> int:
        return len(self._good_at)

    def take(self, key: Hashable, now: datetime) -> datetime | None:
        """Take one try: None where it may be made, otherwise when the next one may be."""
        # Not later than it can be made good in: a clock that was set back must not lock anybody out.
        good_at = min(max(self._good_at.pop(key, now), now), now + TRIES_AT_ONCE * EVERY)
        may_at = good_at - (TRIES_AT_ONCE - 1) * EVERY
        if may_at <= now:
            good_at += EVERY
        self._put(key, good_at, now)
        return may_at if may_at > now else None

    def forgive(self, key: Hashable) -> None:
        """The password was right: nothing stands against this key any more."""
        self._good_at.pop(key, None)

    def _put(self, key: Hashable, good_at: datetime, now: datetime) -> None:
        if len(self._good_at) >= self._most:
            self._good_at = {known: at for known, at in self._good_at.items() if at > now}
        while len(self._good_at) >= self._most:
            del self._good_at[next(iter(self._good_at))]  # the one that was tried least lately
        self._good_at[key] = good_at
