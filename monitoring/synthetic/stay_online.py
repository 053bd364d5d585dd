"""One session at a gateway, as arithmetic: what has gone through by when, and when and why it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitoring.synthetic.granted import Granted
from monitoring.synthetic.packets import Figures
from monitoring.synthetic.resident import Leaving, Stay


@dataclass(frozen=True, slots=True)
class Course:
    """How a session goes if nobody cuts it off: its rates, until when it is busy, when it ends and as what."""

    up_bps: int
    down_bps: int
    busy_seconds: int
    ends_after_seconds: int
    cause: str

    def figures(self, elapsed_seconds: float) -> Figures:
        """What the gateway has counted after so many simulated seconds; counters never pass the end."""
        seconds = min(int(elapsed_seconds), self.ends_after_seconds)
        busy = min(seconds, self.busy_seconds)
        return Figures(seconds, self.up_bps * busy // 8, self.down_bps * busy // 8)


def course(stay: Stay, granted: Granted) -> Course:
    """What becomes of a stay under a grant: rates are kept, and the first limit that is reached ends it."""
    up = _least(stay.wanted_up_bps, granted.rate_up_bps)
    down = _least(stay.wanted_down_bps, granted.rate_down_bps)
    busy = stay.seconds
    endings = [(stay.seconds, _cause(stay))]
    if stay.leaving is Leaving.FALLS_ASLEEP and granted.idle_seconds is not None:
        endings = [(stay.seconds + granted.idle_seconds, Leaving.FALLS_ASLEEP.value)]
    if granted.session_seconds is not None:
        endings.append((granted.session_seconds, "Session-Timeout"))
    if granted.total_octets is not None and up + down > 0:
        # Gateways look once a second, so the second in which the quota is reached is still counted; CoovaChilli
        # then reports Session-Timeout.
        used_up = math.ceil(granted.total_octets * 8 / (up + down))
        if used_up <= busy:
            endings.append((used_up, "Session-Timeout"))
    seconds, cause = min(endings)
    return Course(up, down, busy, seconds, cause)


def _cause(stay: Stay) -> str:
    # Who meant to stay until cut off and was not, or to fall asleep where nothing notices, goes home in the end.
    stays_on = stay.leaving in (Leaving.STAYS_ON, Leaving.FALLS_ASLEEP)
    return Leaving.WALKS_AWAY.value if stays_on else stay.leaving.value


def _least(wanted: int, allowed: int | None) -> int:
    return wanted if allowed is None else min(wanted, allowed)
