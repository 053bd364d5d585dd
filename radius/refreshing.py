"""Keeps the copy in memory true to the database, without the loop ever waiting for the database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from functools import partial
from typing import Final

from hotspots.logins.directory import Directory

EVERY_SECONDS: Final = 0.25
REST_SECONDS: Final = 0.05
"""At least so long between two refreshes, however many ask for one."""

PATIENCE_SECONDS: Final = 0.5
"""Who waits for a refresh goes on without it after so long: gateways ask again after a second or three."""

MOST_WAITING: Final = 256
_LOG_EVERY_SECONDS: Final = 60.0
_TIDY_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class _Turn:
    """Somebody who waits for a refresh: called once, when it is done or when patience ends."""

    def __init__(self, then: Callable[[], None]) -> None:
        self._then: Callable[[], None] | None = then
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self.call)

    def call(self) -> None:
        self._timer.cancel()
        then, self._then = self._then, None
        if then is not None:
            then()


class Refresher:
    """Refreshes a directory four times a second, and sooner where somebody waits for it.

    The database is asked in ``executor``; what it said is taken over in the loop, between two packets.
    """

    def __init__(self, directory: Directory, executor: Executor) -> None:
        self._directory = directory
        self._executor = executor
        self._waiting: list[_Turn] = []
        self._patient: list[asyncio.Future[None]] = []
        self._wanted = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._true_at = self._tidied_at = loop.time()
        self._logged_at = float("-inf")
        self._task = loop.create_task(self._run(), name="refresher")

    @property
    def age_seconds(self) -> float:
        """How long ago the copy was last found to be true."""
        return asyncio.get_running_loop().time() - self._true_at

    def soon(self, then: Callable[[], None]) -> bool:
        """Call ``then`` after a refresh that begins from now on; False where too many wait already."""
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append(_Turn(then))
        self._wanted.set()
        return True

    async def refreshed(self) -> None:
        """Return after a refresh that begins from now on, and that succeeds, however long the database is away."""
        done = asyncio.get_running_loop().create_future()
        self._patient.append(done)
        self._wanted.set()
        await done

    def look(self) -> None:
        """Read the database now: it says something new."""
        self._wanted.set()

    def catch_up(self) -> None:
        """Read now, and what others wrote, too: news of it may have been missed."""
        self._directory.missed_news = True
        self._wanted.set()

    async def stop(self) -> None:
        """End, and let all who wait go on."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._release(self._waiting)
        for done in self._patient:
            done.cancel()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: up to Python 3.11 it may swallow a cancellation (cpython#86296).
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._wanted.wait()
            self._wanted.clear()
            waiting, self._waiting = self._waiting, []
            patient, self._patient = self._patient, []
            if await self._refresh():
                for done in patient:
                    if not done.done():  # who waited may have given up
                        done.set_result(None)
            else:
                self._patient += patient
            self._release(waiting)
            await asyncio.sleep(REST_SECONDS)

    async def _refresh(self) -> bool:
        loop = asyncio.get_running_loop()
        try:
            read = partial(self._directory.read_news, datetime.now(UTC))
            self._directory.take(await loop.run_in_executor(self._executor, read))
        except Exception:
            if loop.time() - self._logged_at >= _LOG_EVERY_SECONDS:
                self._logged_at = loop.time()
                _log.exception("the copy in memory is %.0f s old: the database cannot be read", self.age_seconds)
            return False
        self._true_at = loop.time()
        if self._true_at - self._tidied_at >= _TIDY_EVERY_SECONDS:
            self._tidied_at = self._true_at
            self._directory.forget_expired_tickets(datetime.now(UTC))
        return True

    @staticmethod
    def _release(waiting: list[_Turn]) -> None:
        for turn in waiting:
            turn.call()
