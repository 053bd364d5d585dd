"""Our own server as one of the servers that are measured, driven by its command as an operator would."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.load import Endpoint
from benchmarks.population import ACCESS_POINTS, USERS, AccessPoint, Population
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors, pinned

INVENTORY = Path(__file__).parents[1] / "hotspots" / "example" / "powiat-lubelski.yaml"
PLAN = "od-2018"
_NOTIFY_OCTETS = 4096


class Readiness:
    """Counts the workers that say they serve (sd_notify(3)): one port is shared, so asking it says little."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._ready = 0

    def count(self) -> int:
        """How many have said so."""
        with suppress(BlockingIOError):
            while True:
                self._ready += b"READY=1" in self._socket.recv(_NOTIFY_OCTETS).split(b"\n")
        return self._ready

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


class Ours:
    """The RADIUS workers and their recorder, on SQLite or on PostgreSQL. Every run starts from the same database."""

    worker = "radius"
    """What a worker is called on the command line."""

    def __init__(
        self,
        name: str,
        command: Path,
        workers: int,
        folder: Path,
        processors: Processors,
        cluster: Cluster | None,
        inventory: Path = INVENTORY,
        access_points: int = ACCESS_POINTS,
    ) -> None:
        self.name = name
        store, many = "PostgreSQL" if cluster else "SQLite", "" if workers == 1 else "s"
        self.title = f"hotspots, {store}, {workers} worker{many}"
        self._command = str(command)
        self._workers = workers
        self._folder = folder / name
        self._processors = processors
        self._cluster = cluster
        self._database = name.replace("-", "_")
        self._inventory = inventory
        self._access_points = access_points
        self.run_url: str | None = None
        """The database of the last run, on PostgreSQL."""

    def prepare(self) -> None:
        """Make the database: the inventory, which is the example of 22 access points, and 1,000 vouchers."""
        self._folder.mkdir()
        pristine = self._folder / "pristine"
        environment = self._environment(pristine, self._cluster.create(self._database) if self._cluster else None)
        self._call(environment, "database", "upgrade")
        self._call(environment, "inventory", "import", str(self._inventory))
        population = self._population(environment)
        population.write_users(self._folder / "radload-users")
        population.write_access_points(self._folder / "radload-access-points")

    @property
    def database_url(self) -> str:
        """The database that every run starts from, for a benchmark that wants more in it."""
        if self._cluster:
            return self._cluster.url(self._database)
        return f"sqlite:///{self._folder / 'pristine' / 'hotspots.db'}"

    @contextmanager
    def running(self, environment: Mapping[str, str]) -> Iterator[Endpoint]:
        """The recorder and the RADIUS workers, ready, on processors of their own; stopped at the end."""
        auth_port, acct_port = processes.free_udp_ports(2)
        run = self._folder / "run"
        log = run / "output.log"
        users, access_points = self._folder / "radload-users", self._folder / "radload-access-points"
        shutil.copytree(self._folder / "pristine", run)
        (run / "metrics").mkdir()
        readiness = Readiness(run / "notify")
        self.run_url = self._fresh_url()
        everything = {
            **self._environment(run, self.run_url),
            "PROMETHEUS_MULTIPROC_DIR": str(run / "metrics"),
            "NOTIFY_SOCKET": str(readiness.path),
            "HOTSPOTS_RADIUS_BIND": "127.0.0.1",
            "HOTSPOTS_RADIUS_AUTH_PORT": str(auth_port),
            "HOTSPOTS_RADIUS_ACCT_PORT": str(acct_port),
            "HOTSPOTS_RADIUS_WORKERS": str(self._workers),
            **environment,
        }
        try:
            with ExitStack() as started:
                # One by one: the recorder listens before a worker looks for it.
                for count, name in enumerate(["recorder"] + [self.worker] * self._workers, start=1):
                    command = pinned(self._processors.server, [self._command, name])
                    one = started.enter_context(processes.running(command, log=log, environment=everything))
                    processes.wait_until(lambda wanted=count: readiness.count() == wanted, one, log)
                yield Endpoint(auth_port, acct_port, users, access_points, log)
        finally:
            readiness.close()
            shutil.rmtree(run)

    def _fresh_url(self) -> str | None:
        return self._cluster.url(self._cluster.fresh_copy(self._database)) if self._cluster else None

    def _environment(self, data: Path, url: str | None) -> dict[str, str]:
        # No settings file of whoever runs the benchmark.
        environment = {"HOTSPOTS_CONFIG": os.devnull, "HOTSPOTS_DATA_DIR": str(data)}
        return {**environment, "HOTSPOTS_DATABASE_URL": url} if url else environment

    def _population(self, environment: Mapping[str, str]) -> Population:
        listed = json.loads(self._call(environment, "ap", "list", "--json", "--show-secrets"))
        made = json.loads(
            self._call(environment, "voucher", "create", "--plan", PLAN, "--count", str(USERS), "--json")
        )
        access_points = tuple(_access_point(row) for row in listed)
        if len(access_points) != self._access_points:
            raise RuntimeError(
                f"{self._inventory} has {len(access_points)} access points instead of {self._access_points}"
            )
        return Population(access_points, tuple(row["code"].replace("-", "") for row in made))

    def _call(self, environment: Mapping[str, str], *arguments: str) -> str:
        done = subprocess.run(
            [self._command, *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"hotspots {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout


def _access_point(row: Mapping[str, Any]) -> AccessPoint:
    return AccessPoint(row["address"], row["secret"], row["nas_identifier"])
