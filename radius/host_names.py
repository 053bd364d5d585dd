"""The addresses of access points that are known by a host name: looked up beside the loop that answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Final

from hotspots.access_points import whereabouts
from hotspots.access_points.host_lookup import resolve
from hotspots.access_points.sightings import Sighting
from hotspots.logins.directory import Directory
from radius import metrics

EVERY_SECONDS: Final = 30.0
PATIENCE_SECONDS: Final = 5.0
"""An answer that takes longer counts as none, though it is taken when it comes after all with a later try."""

_log = logging.getLogger(__name__)


class HostNames:
    """Asks for each name every ``every_seconds``; the last good answer is kept for as long as there is no other.

    What changes is taken over in the loop, and told, so that it is known after a restart, too. Each question has a
    thread, since nothing can take one back from the resolver; no name is asked for twice at the same time.
    """

    def __init__(
        self,
        directory: Directory,
        tell: Callable[[Iterable[Sighting]], None],
        *,
        every_seconds: float = EVERY_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        look_up: Callable[[str], str] = resolve,
    ) -> None:
        self._directory = directory
        self._tell = tell
        self._every_seconds = every_seconds
        self._patience_seconds = patience_seconds
        self._look_up = look_up
        self._asked: set[str] = set()
        self._failing: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="host names")

    async def stop(self) -> None:
        """End; a thread that still waits for the resolver ends with the process."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            names = self._directory.clients.host_names
            await asyncio.gather(*(self._ask(name) for name in names))
            self._failing &= names
            metrics.HOST_NAMES_FAILING.set(len(self._failing))
            await asyncio.sleep(self._every_seconds)

    async def _ask(self, name: str) -> None:
        try:
            if name in self._asked:
                raise TimeoutError("the resolver has not answered the question before")
            async with asyncio.timeout(self._patience_seconds):
                answer = await self._in_thread(name)
        except OSError as error:  # TimeoutError is one, too
            if name not in self._failing:
                _log.warning(
                    "the host name %s has no address now, the last one stays: %s", name, error or "timeout"
                )
            self._failing.add(name)
            return
        if name in self._failing:
            _log.warning("the host name %s has an address again", name)
            self._failing.discard(name)
        self._take(name, answer)

    def _take(self, name: str, answer: str) -> None:
        networks = whereabouts.networks_of(answer)
        clients = self._directory.clients.by_id.values()
        moved = [client for client in clients if client.host_name == name and client.networks != networks]
        if moved:
            _log.info("the host name %s leads to %s now", name, answer)
            self._directory.locate(name, networks)
            self._tell(Sighting(client.id, addresses=answer) for client in moved)

    def _in_thread(self, name: str) -> asyncio.Future[str]:
        answered: asyncio.Future[str] = self._loop.create_future()
        self._asked.add(name)

        def end(answer: str | OSError) -> None:
            self._asked.discard(name)
            if answered.done():
                return
            if isinstance(answer, str):
                answered.set_result(answer)
            else:
                answered.set_exception(answer)

        def ask() -> None:
            try:
                answer: str | OSError = self._look_up(name)
            except OSError as error:
                answer = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(end, answer)

        threading.Thread(target=ask, name=f"resolving {name}", daemon=True).start()
        return answered
