"""How an access point seems to be doing, from when it was last heard: a pure judgement over values.

A gateway speaks only when somebody is there: with nobody online, silence proves nothing for a while. So an access
point is called silent only when a session is open on it and its interim updates stay away, or after a whole day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MISSED_UPDATES: Final = 3
"""So many interim updates may stay away before an access point with open sessions counts as silent."""

SILENT_AFTER: Final = timedelta(hours=24)
"""After so long even an access point that nobody uses counts as silent."""


class Liveness(StrEnum):
    """What is known of an access point, from best to worst."""

    WORKS = "works"
    QUIET = "quiet"
    NEVER = "never"
    SILENT = "silent"


_SEVERITY: Final = tuple(Liveness)


def judge(heard_at: datetime | None, open_sessions: int, interim_seconds: int, now: datetime) -> Liveness:
    """How an access point seems to be doing.

    Args:
        heard_at: When it last asked for a login or reported accounting; None where it never did.
        open_sessions: How many sessions are open on it as far as is known.
        interim_seconds: How often it is to report on each.
        now: The time of judging.
    """
    if heard_at is None:
        return Liveness.NEVER
    silence = now - heard_at
    if silence <= timedelta(seconds=MISSED_UPDATES * interim_seconds):
        return Liveness.WORKS
    return Liveness.SILENT if open_sessions or silence > SILENT_AFTER else Liveness.QUIET


def worst(states: Iterable[Liveness]) -> Liveness:
    """The worst of several access points' states; that of a place without any is that nothing was ever heard."""
    return max(states, key=_SEVERITY.index, default=Liveness.NEVER)
