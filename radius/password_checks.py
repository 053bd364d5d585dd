"""Slow hashes of passwords, beside the loop: in a few threads, a bounded queue, and in turn for each access point.

A check takes tens of milliseconds of a processor. Its threads give the interpreter's lock away meanwhile and stand
back for the loop, so that accounting, tickets and vouchers are answered as if there were none.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Final

from hotspots.login import Unproved
from hotspots.password_tries import PasswordTries
from radius import metrics
from radius.drops import Drop, Dropped
from radius.duplicates import Key

MOST_WAITING: Final = 1024
"""Checks that wait, of all access points: as many as are done within the ten seconds or so that a gateway asks."""

MOST_OF_ONE: Final = 256
"""Checks that wait for one access point: what is guessed there never fills the whole queue."""

_MOST_JOINED: Final = 64
_STAND_BACK: Final = 10
"""So much nicer than the loop are the threads (nice(7)); on Linux each thread has its own niceness."""

_NICEST: Final = 19

_RESULTS: Final = {True: "right", False: "wrong", None: "failed"}

_log = logging.getLogger(__name__)

Then = Callable[[bool | None], None]
"""Told whether a password is right; None where that could not be found out."""


class _Check:
    """A password that is to be hashed once, for whoever waits for the same."""

    def __init__(self, unproved: Unproved) -> None:
        self.unproved = unproved
        self.waiting: dict[Key, Then] = {}


class PasswordChecks:
    """Checks passwords in ``threads`` threads, and counts how often each is tried. Belongs to the running loop."""

    def __init__(self, threads: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="passwords", initializer=_stand_back)
        self._free = threads
        self._checks: dict[bytes, _Check] = {}
        self._queues: dict[int, deque[_Check]] = {}
        self._tries = PasswordTries()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """How many checks are in the queue or under way."""
        return len(self._checks)

    def begin(self, unproved: Unproved, key: Key, then: Then) -> datetime | None:
        """Check the password of a login; ``then`` is told what came of it, later.

        The same name and password are checked once for all who wait for that, the same request (``key``) waits
        once.

        Returns:
            None; or, where the password was tried too often and nothing will be done, when it may be tried again.

        Raises:
            Dropped: Too many wait already. Silence lets the gateway ask again, when there is room; a reject would
                tell somebody with the right password that it is wrong.
        """
        check = self._checks.get(unproved.claim.digest)
        if check is None:
            if self._is_full(unproved.attempt.client.id):
                raise Dropped(Drop.OVERLOAD)
            retry_at = self._tries.take(unproved.tries_key, unproved.attempt.now)
            if retry_at is not None:
                return retry_at
            check = self._queue(unproved)
        elif len(check.waiting) >= _MOST_JOINED and key not in check.waiting:
            raise Dropped(Drop.OVERLOAD)
        check.waiting[key] = then
        self._start()
        return None

    def stop(self) -> None:
        """Check nothing more; who waits is met with silence, and asks a worker that goes on."""
        self._stopped = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _is_full(self, access_point_id: int) -> bool:
        return len(self._checks) >= MOST_WAITING or len(self._queues.get(access_point_id, ())) >= MOST_OF_ONE

    def _queue(self, unproved: Unproved) -> _Check:
        check = self._checks[unproved.claim.digest] = _Check(unproved)
        self._queues.setdefault(unproved.attempt.client.id, deque()).append(check)
        return check

    def _start(self) -> None:
        while self._free and self._queues and not self._stopped:
            self._free -= 1
            check = self._next()
            hashing = self._loop.run_in_executor(self._executor, check.unproved.claim.check)
            hashing.add_done_callback(partial(self._end, check))

    def _next(self) -> _Check:
        """The next of the access point whose turn it is, which then stands behind the others."""
        access_point_id = next(iter(self._queues))
        queue = self._queues.pop(access_point_id)
        check = queue.popleft()
        if queue:
            self._queues[access_point_id] = queue
        return check

    def _end(self, check: _Check, hashing: asyncio.Future[bool]) -> None:
        self._free += 1
        del self._checks[check.unproved.claim.digest]
        if self._stopped or hashing.cancelled():
            return
        self._start()
        right = _result(hashing)
        metrics.PASSWORD_CHECKS.labels(_RESULTS[right]).inc()
        if right:
            self._tries.forgive(check.unproved.tries_key)
        for then in check.waiting.values():
            then(right)


def _result(hashing: asyncio.Future[bool]) -> bool | None:
    error = hashing.exception()
    if error is None:
        return hashing.result()
    _log.error("a password could not be hashed", exc_info=error)
    return None


def _stand_back() -> None:
    thread = threading.get_native_id()
    niceness = min(_NICEST, os.getpriority(os.PRIO_PROCESS, thread) + _STAND_BACK)
    os.setpriority(os.PRIO_PROCESS, thread, niceness)
