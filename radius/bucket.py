"""A token bucket: so much a second in the long run, so much at once."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """Looks at the clock only when its tokens are used up, so that a packet costs one subtraction.

    For it ``left`` is public: ``bucket.left -= 1``, and ask :meth:`refill` where that is below zero. Within any time
    no more than ``per_second`` for each second of it and twice ``at_once`` get through.
    """

    __slots__ = ("_at", "_at_once", "_clock", "_per_second", "left")

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._clock = clock
        self._at = clock()
        self.left = at_once

    def take(self) -> bool:
        """Whether there is a token, which is then used."""
        self.left -= 1
        return self.left >= 0 or self.refill()

    def refill(self) -> bool:
        """Put in what has come since the last time; whether the token that was just taken was there after all."""
        now = self._clock()
        come = min(self._at_once, (now - self._at) * self._per_second)
        if come < 1:
            self.left = 0.0
            return False
        self._at, self.left = now, come - 1
        return True
