"""Has written down what the packets of access points showed: who signs, which secret is used, where a name leads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime
from functools import partial
from typing import Final

from hotspots.access_points import sightings
from hotspots.access_points.sightings import Sighting
from hotspots.database import Database
from radius.callers import Callers

EVERY_SECONDS: Final = 1.0
USE_EVERY_SECONDS: Final = 60.0
"""When a secret was last used is written down no more often: it is asked in days."""

_LOG_EVERY_SECONDS: Final = 60.0
_SECRET = tuple[int, bool]
"""Of which access point, and whether it is the former one."""

_log = logging.getLogger(__name__)


class Noticing:
    """Looks once a second at what callers showed; mostly there is nothing, and the database is not asked."""

    def __init__(self, database: Database, callers: Callers, executor: Executor) -> None:
        self._database = database
        self._callers = callers
        self._executor = executor
        self._untold: dict[Sighting, None] = {}
        self._told_at: dict[_SECRET, float] = {}
        self._logged_at = float("-inf")
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="noticing")

    def tell(self, of: Iterable[Sighting]) -> None:
        """Have these written down within a second, or as soon as the database takes them."""
        for sighting in of:
            self._untold.pop(sighting, None)  # the newest word comes last
            self._untold[sighting] = None

    async def stop(self) -> None:
        """End, once what was noticed is written down; where the database refuses it, it will be noticed again."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self._write()

    async def _write(self) -> None:
        self.tell(self._news(self._loop.time()))
        if not self._untold:
            return
        told = list(self._untold)
        try:
            await self._loop.run_in_executor(self._executor, partial(self._commit, told, datetime.now(UTC)))
        except Exception:
            if self._loop.time() - self._logged_at >= _LOG_EVERY_SECONDS:
                self._logged_at = self._loop.time()
                _log.exception("what was noticed of %d access points cannot be written down yet", len(told))
            return
        for sighting in told:
            self._untold.pop(sighting, None)

    def _news(self, now: float) -> Iterator[Sighting]:
        for number in self._callers.take_learned():
            yield Sighting(number, signed=True)
        for caller in self._callers.ready():
            if not caller.heard or caller.client.former_secret is None:
                continue
            caller.heard = False
            number, former = caller.client.id, caller.has_former_secret
            if now - self._told_at.get((number, former), float("-inf")) >= USE_EVERY_SECONDS:
                self._told_at[number, former] = now
                yield Sighting(number, secret_used=not former, former_secret_used=former)

    def _commit(self, told: list[Sighting], now: datetime) -> None:
        with self._database.write() as db:
            sightings.write(db, told, now)
