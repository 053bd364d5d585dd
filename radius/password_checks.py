"""Slow hashes of passwords, beside the loop: in a few processes, a bounded queue, in turn for each access point.

A check takes tens of milliseconds of a processor. The processes stand back for all others, so that accounting, tickets
and vouchers are answered as if there were none.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from hotspots.logins.login import Unproved
from hotspots.password_tries import PasswordTries
from radius import metrics
from radius.drops import Drop, Dropped
from radius.duplicates import Key
from radius.hashers import Hasher, HasherProcess, Told

MOST_WAITING: Final = 1024
"""Checks that wait, of all access points: as many as are done within the ten seconds or so that a gateway asks."""

MOST_OF_ONE: Final = 256
"""Checks that wait for one access point: what is guessed there never fills the whole queue."""

_MOST_JOINED: Final = 64

_RESULTS: Final = {True: "right", False: "wrong", None: "failed"}

_log = logging.getLogger(__name__)


class _Check:
    """A password that is to be hashed once, for whoever waits for the same."""

    def __init__(self, unproved: Unproved) -> None:
        self.unproved = unproved
        self.waiting: dict[Key, Told] = {}


class PasswordChecks:
    """Checks ``at_once`` passwords at a time, and counts how often each is tried. Belongs to the running loop.

    ``hasher`` starts a hasher, when the first password needs one: where nobody has an account there is none.
    """

    def __init__(self, at_once: int, hasher: Callable[[], Hasher] = HasherProcess) -> None:
        self._at_once = at_once
        self._hasher = hasher
        self._hashers: list[Hasher] = []
        self._idle: list[Hasher] = []
        self._checks: dict[bytes, _Check] = {}
        self._queues: dict[int, deque[_Check]] = {}
        self._tries = PasswordTries()
        self._stopped = False

    @property
    def waiting(self) -> int:
        """How many checks are in the queue or under way."""
        return len(self._checks)

    def begin(self, unproved: Unproved, key: Key, told: Told) -> datetime | None:
        """Check the password of a login; ``told`` is called with what came of it, later.

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
        check.waiting[key] = told
        self._start()
        return None

    def stop(self) -> None:
        """Check nothing more; who waits is met with silence, and asks a worker that goes on."""
        self._stopped = True
        for hasher in self._hashers:
            hasher.stop()

    def _is_full(self, access_point_id: int) -> bool:
        return len(self._checks) >= MOST_WAITING or len(self._queues.get(access_point_id, ())) >= MOST_OF_ONE

    def _queue(self, unproved: Unproved) -> _Check:
        check = self._checks[unproved.claim.digest] = _Check(unproved)
        self._queues.setdefault(unproved.attempt.client.id, deque()).append(check)
        return check

    def _start(self) -> None:
        while self._queues and not self._stopped:
            hasher = self._free_hasher()
            if hasher is None:
                return
            check = self._next()
            claim = check.unproved.claim
            hasher.ask(claim.password_hash, claim.password, partial(self._end, check, hasher))

    def _free_hasher(self) -> Hasher | None:
        """One that has nothing to do, or a new one; None where there are as many as there may be."""
        while self._idle:
            hasher = self._idle.pop()
            if hasher.alive:
                return hasher
            self._let_go(hasher)
        if len(self._hashers) >= self._at_once:
            return None
        try:
            hasher = self._hasher()
        except OSError:
            _log.exception("a process that hashes passwords cannot be started; the next login tries again")
            return None
        self._hashers.append(hasher)
        return hasher

    def _let_go(self, hasher: Hasher) -> None:
        _log.error("a process that hashes passwords has died; another takes its place")
        self._hashers.remove(hasher)

    def _next(self) -> _Check:
        """The next of the access point whose turn it is, which then stands behind the others."""
        access_point_id = next(iter(self._queues))
        queue = self._queues.pop(access_point_id)
        check = queue.popleft()
        if queue:
            self._queues[access_point_id] = queue
        return check

    def _end(self, check: _Check, hasher: Hasher, right: bool | None) -> None:
        if hasher.alive:
            self._idle.append(hasher)
        else:
            self._let_go(hasher)
        del self._checks[check.unproved.claim.digest]
        self._start()
        metrics.PASSWORD_CHECKS.labels(_RESULTS[right]).inc()
        if right:
            self._tries.forgive(check.unproved.tries_key)
        for told in check.waiting.values():
            told(right)
