"""A PostgreSQL with its default durability, which a test stops and starts, and whose processes it kills."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from benchmarks import postgresql


class Postgres:
    """A cluster of its own, running once it is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster = postgresql.make(folder)
        self._running = ExitStack()
        self._names = (f"hotspots_{number}" for number in count(1))
        self.start()

    def start(self) -> None:
        """Start it; it answers when this returns."""
        everywhere = tuple(os.sched_getaffinity(0))
        self._running.enter_context(postgresql.serving(self._cluster, self._folder, everywhere))

    def stop(self) -> None:
        """Its fast shutdown: who is connected is cut off."""
        self._running.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop it, and start it again at the end."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def new_database(self) -> str:
        """The URL of a database that nobody has used."""
        return self._cluster.create(next(self._names))

    def backends(self) -> list[int]:
        """The processes that serve a client now."""
        server = (self._folder / "data/postmaster.pid").read_text().splitlines()[0]
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        # Their titles end in what they do: "postgres: bench hotspots_1 127.0.0.1(40000) idle".
        return [int(child) for child in children if " 127.0.0.1(" in _title(child)]


def _title(child: str) -> str:
    try:
        return Path(f"/proc/{child}/cmdline").read_text()
    except OSError:
        return ""
