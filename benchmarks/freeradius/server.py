"""FreeRADIUS as one of the servers that are measured."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load, processes
from benchmarks.freeradius import store
from benchmarks.freeradius.raddb import PostgresqlLogin, Raddb
from benchmarks.freeradius.setups import Setup, Store
from benchmarks.load import Endpoint
from benchmarks.population import Population
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors, pinned

_PROGRAM = "freeradius"


class FreeRadius:
    """One set-up. Every run starts from the same store, which holds the users and nothing else."""

    def __init__(self, setup: Setup, folder: Path, processors: Processors, cluster: Cluster) -> None:
        self.name = f"freeradius-{setup.name}"
        self.title = setup.title
        self._setup = setup
        self._folder = folder / self.name
        self._processors = processors
        self._cluster = cluster
        self._population = Population.made_up()
        self._database = self.name.replace("-", "_")

    def prepare(self) -> None:
        """Make users, access points and the store that each run starts from."""
        self._folder.mkdir()
        self._population.write_users(self._folder / "radload-users")
        self._population.write_access_points(self._folder / "radload-access-points")
        if self._setup.store is Store.SQLITE:
            store.make_sqlite(
                self._folder / "pristine.db", self._population, write_ahead_log=self._setup.write_ahead_log
            )
        elif self._setup.store is Store.POSTGRESQL:
            store.fill_postgresql(self._cluster.create(self._database), self._population)

    @contextmanager
    def running(self, environment: Mapping[str, str]) -> Iterator[Endpoint]:
        """FreeRADIUS, ready, on processors of its own; stopped at the end."""
        auth_port, acct_port, inner_port = processes.free_udp_ports(3)
        run = self._folder / "run"
        log = run / "output.log"
        users, access_points = self._folder / "radload-users", self._folder / "radload-access-points"
        endpoint = Endpoint(auth_port, acct_port, users, access_points, log)
        raddb = Raddb(
            self._setup,
            run,
            self._population,
            auth_port,
            acct_port,
            inner_port,
            run / "radius.db",
            self._fresh_postgresql(),
        )
        raddb.write()
        if self._setup.store is Store.SQLITE:
            shutil.copy(self._folder / "pristine.db", raddb.sqlite_file)
        command = pinned(self._processors.server, [_PROGRAM, "-f", "-l", "stdout", "-d", str(run)])
        try:
            with processes.running(command, log=log, environment=environment) as process:
                processes.wait_until(lambda: load.answers(endpoint, self._processors.generator), process, log)
                yield endpoint
        finally:
            shutil.rmtree(run)

    def _fresh_postgresql(self) -> PostgresqlLogin | None:
        if self._setup.store is not Store.POSTGRESQL:
            return None
        database = self._cluster.fresh_copy(self._database)
        return PostgresqlLogin(self._cluster.port, self._cluster.user, self._cluster.password, database)
