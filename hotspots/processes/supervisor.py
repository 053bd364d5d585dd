"""Starts the processes of `hotspots run`, keeps them alive, and stops them."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hotspots.errors import HotspotsError
from hotspots.processes import notify
from hotspots.processes.child import Child, ChildSpec

START_TIMEOUT_SECONDS: Final = 60.0
STOP_TIMEOUT_SECONDS: Final = 10.0
STEADY_SECONDS: Final = 10.0
_LONGEST_PAUSE_SECONDS: Final = 30.0
_NOTIFY_OCTETS: Final = 4096

_log = logging.getLogger(__name__)


def restart_pause_seconds(quick_deaths: int) -> float:
    """How long to wait before a start, after so many deaths in a row that came soon after a start.

    The first two are answered at once: a process that was killed should be back within two seconds. One that
    dies again and again should not fill the log and the machine.
    """
    return 0.0 if quick_deaths < 3 else min(0.5 * 2 ** (quick_deaths - 3), _LONGEST_PAUSE_SECONDS)


@dataclass
class _Watched:
    """One place for a process, and the process that stands there now."""

    spec: ChildSpec
    listener: socket.socket
    child: Child | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    was_ready: bool = False
    pending: asyncio.TimerHandle | None = None

    @property
    def notify_path(self) -> Path:
        return Path(self.listener.getsockname())


class Supervisor:
    """Runs a list of processes until SIGTERM or SIGINT.

    `on_ready` is called once, when all have said that they serve; `on_death` with the id of each process that
    ended while it should have run.
    """

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        environment: Mapping[str, str],
        *,
        on_ready: Callable[[], None],
        on_death: Callable[[int], None] = lambda _pid: None,
        stop_timeout_seconds: float = STOP_TIMEOUT_SECONDS,
    ) -> None:
        self._specs = specs
        self._environment = environment
        self._on_ready = on_ready
        self._on_death = on_death
        self._stop_timeout_seconds = stop_timeout_seconds
        self._watched: list[_Watched] = []
        self._announced = False
        self._stopping = False
        self._failure: HotspotsError | None = None
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Start all, keep them alive, and return when a signal has stopped them.

        Raises:
            HotspotsError: A process ended, or stayed silent, before all had been ready once; all are stopped.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup(1) has it ignored on purpose
            loop.add_signal_handler(signal.SIGHUP, self._ask_to_stop)
        folder = Path(tempfile.mkdtemp(prefix="hotspots-"))
        try:
            for index, spec in enumerate(self._specs):
                self._add(spec, folder / str(index))
            timer = loop.call_later(START_TIMEOUT_SECONDS, self._start_took_too_long)
            await self._wake.wait()
            timer.cancel()
            await self._stop_all()
        finally:
            for watched in self._watched:
                loop.remove_reader(watched.listener)
                watched.listener.close()
            shutil.rmtree(folder)
        if self._failure is not None:
            raise self._failure

    def _add(self, spec: ChildSpec, path: Path) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        listener.bind(str(path))
        watched = _Watched(spec, listener)
        self._watched.append(watched)
        asyncio.get_running_loop().add_reader(listener, self._hear, watched)
        self._start(watched)

    def _start(self, watched: _Watched) -> None:
        loop = asyncio.get_running_loop()
        watched.pending = None
        watched.child = Child.start(watched.spec, self._environment, watched.notify_path)
        watched.started_at = loop.time()
        loop.add_reader(watched.child.descriptor, self._bury, watched, watched.child)

    def _hear(self, watched: _Watched) -> None:
        lines = watched.listener.recv(_NOTIFY_OCTETS).decode(errors="replace").splitlines()
        if "READY=1" not in lines or self._stopping:
            return
        _log.info("%s is ready", watched.spec.name)
        watched.was_ready = True
        if not self._announced and all(each.was_ready for each in self._watched):
            self._announced = True
            notify.ready()
            self._on_ready()

    def _bury(self, watched: _Watched, child: Child) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(child.descriptor)
        ending = child.reap()
        watched.child = None
        if self._stopping:
            self._wake.set()
            return
        self._on_death(child.pid)
        if not self._announced:
            self._fail(f"{watched.spec.name} {ending} before it was ready")
            return
        steady = loop.time() - watched.started_at >= STEADY_SECONDS
        watched.quick_deaths = 0 if steady else watched.quick_deaths + 1
        pause = restart_pause_seconds(watched.quick_deaths)
        _log.warning("%s %s; it is started again in %.1f s", watched.spec.name, ending, pause)
        watched.pending = loop.call_later(pause, self._start, watched)

    def _start_took_too_long(self) -> None:
        if not self._announced:
            silent = ", ".join(each.spec.name for each in self._watched if not each.was_ready)
            self._fail(f"{silent} did not become ready within {START_TIMEOUT_SECONDS:.0f} s")

    def _fail(self, what: str) -> None:
        if self._failure is None:
            self._failure = HotspotsError(what, "The lines above say why; hotspots doctor checks the rest")
        self._wake.set()

    def _ask_to_stop(self) -> None:
        if self._stopping:
            _log.warning("asked to stop once more: all that is left is killed")
            self._kill_all()
        self._wake.set()

    async def _stop_all(self) -> None:
        notify.stopping()
        self._stopping = True
        for watched in self._watched:
            if watched.pending is not None:
                watched.pending.cancel()
            if watched.child is not None:
                watched.child.ask_to_stop()
        timer = asyncio.get_running_loop().call_later(self._stop_timeout_seconds, self._lose_patience)
        while any(each.child for each in self._watched):
            self._wake.clear()
            await self._wake.wait()
        timer.cancel()

    def _lose_patience(self) -> None:
        names = ", ".join(each.spec.name for each in self._watched if each.child)
        _log.warning("%s did not stop within %.0f s: killed", names, self._stop_timeout_seconds)
        self._kill_all()

    def _kill_all(self) -> None:
        for watched in self._watched:
            if watched.child is not None:
                watched.child.kill()
