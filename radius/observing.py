"""What the security card of an access point shows of its packets: signed or not, over what, how its clock goes.

One packet a minute is looked at; of the others only that it is not time yet. What is found changes rarely, and is told
when it does, or once in six hours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hotspots.access_points.sightings import Sighting
from radius import attributes
from radius.numbers import Attribute, Code
from radius.receiving import Request

LOOK_EVERY_SECONDS: Final = 60.0
TELL_EVERY_SECONDS: Final = 6 * 3600.0
CLOCK_STEADY_SECONDS: Final = 10.0
"""A clock that goes so much differently than it was told is told again."""

_ACCESS_REQUEST: Final = int(Code.ACCESS_REQUEST)


@dataclass(slots=True)
class _Told:
    """What was told of one access point, and when on the loop's clock."""

    at: float = float("-inf")
    unsigned_at: float = float("-inf")
    clock_skew_seconds: float | None = None


class Observing:
    """Looks at the requests of one port, which came by ``udp`` or ``radsec``; ``tell`` has it written down."""

    def __init__(
        self,
        transport: str,
        tell: Callable[[Iterable[Sighting]], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._tell = tell
        self._clock = clock
        self._wall_clock = wall_clock
        self._told: dict[int, _Told] = {}
        self._looked_at: set[int] = set()
        self._anew_at = float("-inf")

    def look(self, requests: Sequence[Request]) -> None:
        """Look at one request of each access point that was not looked at within this minute."""
        now = self._clock()
        if now >= self._anew_at:
            self._anew_at = now + LOOK_EVERY_SECONDS
            self._looked_at.clear()
        for request in requests:
            number = request.caller.client.id
            if number not in self._looked_at:
                self._looked_at.add(number)
                self._look_at(number, request, now)

    def _look_at(self, number: int, request: Request, now: float) -> None:
        told = self._told.setdefault(number, _Told())
        unsigned = request.packet.code == _ACCESS_REQUEST and not request.packet.signed_at
        skew, before = self._clock_skew_seconds(request), told.clock_skew_seconds
        is_due = now - told.at >= TELL_EVERY_SECONDS
        is_new = unsigned and now - told.unsigned_at >= TELL_EVERY_SECONDS
        if skew is not None:
            is_new |= before is None or abs(skew - before) > CLOCK_STEADY_SECONDS
        if not (is_due or is_new):
            return
        told.at = now
        told.unsigned_at = now if unsigned else told.unsigned_at
        told.clock_skew_seconds = before if skew is None else skew
        self._tell([Sighting(number, unsigned=unsigned, transport=self._transport, clock_skew_seconds=skew)])

    def _clock_skew_seconds(self, request: Request) -> float | None:
        """How far its clock is ahead: Event-Timestamp (RFC 2869 section 5.3) tells when it happened."""
        happened_at = attributes.integer(request.packet, Attribute.EVENT_TIMESTAMP)
        if not happened_at:
            return None
        ago = attributes.integer(request.packet, Attribute.ACCT_DELAY_TIME) or 0
        return round(happened_at + ago - self._wall_clock(), 1)
