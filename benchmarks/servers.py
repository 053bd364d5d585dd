"""What is measured: our server and FreeRADIUS, each with each of its stores."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from benchmarks.freeradius.server import FreeRadius
from benchmarks.freeradius.setups import SETUPS
from benchmarks.load import Endpoint
from benchmarks.ours import Ours
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors


class Server(Protocol):
    """A server that can be started again and again, each time from the same store."""

    name: str
    title: str

    def prepare(self) -> None:
        """Do once what every run needs."""

    def running(self, environment: Mapping[str, str]) -> AbstractContextManager[Endpoint]:
        """The server, ready; stopped at the end. `environment` is added to its own."""


def servers(
    command: Path, compiled: Path | None, workers: int, folder: Path, processors: Processors, cluster: Cluster
) -> dict[str, Server]:
    """All servers by name; `command` is our own command, `hotspots`, and `compiled` the same one compiled."""
    every: list[Server] = [
        Ours("ours-sqlite", command, workers, folder, processors, None),
        Ours("ours-postgresql", command, workers, folder, processors, cluster),
    ]
    if compiled is not None:
        every += [
            Ours("ours-sqlite-compiled", compiled, workers, folder, processors, None),
            Ours("ours-postgresql-compiled", compiled, workers, folder, processors, cluster),
        ]
        for server in every[-2:]:
            server.title += ", compiled"
    every += [FreeRadius(setup, folder, processors, cluster) for setup in SETUPS]
    return {server.name: server for server in every}
