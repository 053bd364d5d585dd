"""Answers that are given a little later, without anybody waiting for them."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Final

MOST_WAITING: Final = 4096
"""Answers that may wait; what comes beyond that goes out at once, so that a flood of guesses costs no memory."""


class Delays:
    """Calls that are due later in the running loop: one timer for all, set for the one that is due next."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call so many seconds from now; at once where too many wait."""
        if seconds <= 0 or len(self._waiting) >= self._most_waiting:
            call()
            return
        due = self._loop.time() + seconds
        heapq.heappush(self._waiting, (due, next(self._number), call))
        if self._waiting[0][0] == due:
            self._set()

    def stop(self) -> None:
        """Call all that wait now: who asked is not to be left without an answer."""
        if self._timer is not None:
            self._timer.cancel()
        while self._waiting:
            heapq.heappop(self._waiting)[2]()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._waiting[0][0], self._call_those_due)

    def _call_those_due(self) -> None:
        now = self._loop.time()
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        self._timer = None
        if self._waiting:
            self._set()
        for call in due:
            call()
