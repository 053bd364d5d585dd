"""The arrangements that are compared: nodes and what stands beside or before their PostgreSQL."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

from benchmarks import postgresql
from benchmarks.load import Endpoint
from benchmarks.nodes import pgbouncer
from benchmarks.ours import Ours
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors

_MADE: Final = "made"
_STANDBY: Final = "standby"
_PATIENCE_SECONDS: Final = 30.0
_STATE: Final = f"SELECT sync_state FROM pg_stat_replication WHERE application_name = '{_STANDBY}'"  # noqa: S608 - ours


class Standing(NamedTuple):
    """An arrangement that is ready: its nodes, the database that they share, and its copy on a standby."""

    nodes: list[Endpoint]
    url: str
    standby_url: str | None = None


class Node(Ours):
    """One worker and one recorder with a folder and ports of their own, on a database that was made before."""

    url = ""

    def _fresh_url(self) -> str | None:
        return self.url


@dataclass(frozen=True, slots=True)
class Bench:
    """What all arrangements are made of."""

    command: Path
    folder: Path
    processors: Processors
    cluster: Cluster

    def prepare(self) -> None:
        """Make the database that every measurement starts from a copy of."""
        Ours(_MADE, self.command, 1, self.folder, self.processors, self.cluster).prepare()

    def fresh(self) -> str:
        """The name of a new copy of it."""
        return self.cluster.fresh_copy(_MADE)

    @contextmanager
    def nodes(self, url: str, count: int = 1) -> Iterator[list[Endpoint]]:
        """So many nodes on the database, each with its part of the access points."""
        with ExitStack() as started:
            yield [started.enter_context(self._node(url, number, count)) for number in range(count)]

    @contextmanager
    def _node(self, url: str, number: int, count: int) -> Iterator[Endpoint]:
        node = Node(f"node-{number}", self.command, 1, self.folder, self.processors, self.cluster)
        node.url = url
        folder = self.folder / node.name
        shutil.copytree(self.folder / _MADE, folder)  # the same secret key, which is in it
        places = folder / "radload-access-points"
        lines = places.read_text().splitlines(keepends=True)
        places.write_text("".join(lines[number::count]))
        try:
            with node.running({}) as endpoint:
                yield endpoint
        finally:
            shutil.rmtree(folder)


@contextmanager
def one(bench: Bench) -> Iterator[Standing]:
    """One node alone."""
    url = bench.cluster.url(bench.fresh())
    with bench.nodes(url) as nodes:
        yield Standing(nodes, url)


@contextmanager
def two(bench: Bench) -> Iterator[Standing]:
    """Two nodes, each with half of the access points."""
    url = bench.cluster.url(bench.fresh())
    with bench.nodes(url, 2) as nodes:
        yield Standing(nodes, url)


@contextmanager
def followed(bench: Bench) -> Iterator[Standing]:
    """One node, and a standby that follows as it can."""
    with _standby(bench) as standby, one(bench) as standing:
        yield standing._replace(standby_url=standby.url(_database(standing.url)))


@contextmanager
def awaited(bench: Bench) -> Iterator[Standing]:
    """One node, and a standby that each commit waits for."""
    with _standby(bench) as standby, _synchronous(bench.cluster), one(bench) as standing:
        yield standing._replace(standby_url=standby.url(_database(standing.url)))


@contextmanager
def pooled(bench: Bench) -> Iterator[Standing]:
    """One node that reaches its database through PgBouncer."""
    database, folder = bench.fresh(), bench.folder / "pgbouncer"
    try:
        with (
            pgbouncer.running(bench.cluster, database, folder, bench.processors.server) as pool,
            bench.nodes(pool.url(database)) as nodes,
        ):
            yield Standing(nodes, bench.cluster.url(database))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(url: str) -> str:
    return url.rpartition("/")[2]


@contextmanager
def _standby(bench: Bench) -> Iterator[Cluster]:
    folder = bench.folder / _STANDBY
    try:
        standby = postgresql.copy(bench.cluster, folder, _STANDBY)
        with postgresql.serving(standby, folder, bench.processors.server):
            _wait_for(bench.cluster, "async")
            yield standby
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _synchronous(cluster: Cluster) -> Iterator[None]:
    with cluster.waiting_for(_STANDBY):
        _wait_for(cluster, "sync")
        yield


def _wait_for(cluster: Cluster, state: str) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        while (found := connection.execute(_STATE).fetchone()) != (state,):
            if time.monotonic() > end:
                raise TimeoutError(f"the standby is {found} instead of {state}")
            time.sleep(0.05)


ARRANGEMENTS: Final[dict[str, Callable[[Bench], AbstractContextManager[Standing]]]] = {
    "one node": one,
    "two nodes": two,
    "standby follows": followed,
    "standby is waited for": awaited,
    "through PgBouncer": pooled,
}
