"""A throw-away PostgreSQL with default durability, on a port of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import psycopg
from psycopg import sql

from benchmarks import processes
from benchmarks.processors import pinned

_PROGRAMS = Path("/usr/lib/postgresql")
_USER = "bench"


def programs() -> Path:
    """The folder of the newest installed server.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    found = sorted(_PROGRAMS.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster. Databases are copied for each measurement, so that none starts on another's rows."""

    port: int
    password: str
    user: str = _USER

    def __repr__(self) -> str:
        return f"Cluster(port={self.port}, password=***)"

    def url(self, database: str) -> str:
        """For psycopg and SQLAlchemy. Holds the password, which lives as long as the cluster."""
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database like the template; gives its URL."""
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (database, template))))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Take a database away, where it is there, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def fresh_copy(self, database: str) -> str:
        """A copy of a database instead of the last copy of it; gives the copy's name."""
        copy = f"{database}_run"
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (copy, database))))
        # What earlier runs left to be written is written now, not while somebody else is measured.
        self._run(sql.SQL("CHECKPOINT"))
        return copy

    def answers(self, database: str = "postgres") -> bool:
        """Whether somebody gets in now."""
        try:
            psycopg.connect(self.url(database), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def waiting_for(self, standby: str) -> Iterator[None]:
        """Have each commit wait for the standby of this name until the block ends; the server learns of it soon."""
        reload = sql.SQL("SELECT pg_reload_conf()")
        self._run(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(standby)))
        self._run(reload)
        try:
            yield
        finally:
            # Who waits for a standby that is not there waits for ever.
            self._run(sql.SQL("ALTER SYSTEM RESET synchronous_standby_names"))
            self._run(reload)

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as Debian's own user for it."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def give_to_server_user(path: Path) -> None:
    """Let that user read and write a file or a folder of ours."""
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")


@contextmanager
def running(
    folder: Path, processors: tuple[int, ...], settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Cluster]:
    """A new cluster in this folder, which the user `postgres` must be able to reach, on these processors."""
    cluster = make(folder)
    with serving(cluster, folder, processors, settings):
        yield cluster


def make(folder: Path) -> Cluster:
    """A new cluster in this folder, which is not started yet."""
    folder.mkdir(mode=0o700)
    give_to_server_user(folder)
    cluster = Cluster(free_port(), secrets.token_urlsafe(24))
    _initialise(folder / "data", cluster.password)
    return cluster


def copy(cluster: Cluster, folder: Path, name: str) -> Cluster:
    """A standby of a running cluster in this folder, which is not started yet; it follows under that name.

    Raises:
        RuntimeError: The copy cannot be made; says why.
    """
    folder.mkdir(mode=0o700)
    give_to_server_user(folder)
    # --write-recovery-conf keeps these, and makes the copy a standby (PostgreSQL's manual, pg_basebackup).
    connection = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": cluster.user}
    environment = {**os.environ, **connection, "PGPASSWORD": cluster.password, "PGAPPNAME": name}
    command = [
        str(programs() / "pg_basebackup"), "--pgdata", str(folder / "data"),
        "--checkpoint", "fast", "--wal-method", "stream", "--write-recovery-conf",
    ]  # fmt: skip
    done = subprocess.run(
        as_server_user(command), env=environment, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(f"pg_basebackup ended with {done.returncode}: {done.stderr.strip()}")
    return replace(cluster, port=free_port())


@contextmanager
def serving(
    cluster: Cluster, folder: Path, processors: tuple[int, ...], settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """Start the cluster of this folder, and stop it at the end; it can be started again."""
    options = {
        "port": str(cluster.port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        **settings,
    }
    command = [str(programs() / "postgres"), "-D", str(folder / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = folder.with_suffix(".log")
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
    with processes.running(
        as_server_user(pinned(processors, command)), log=log, folder=Path("/"), stop_signal=signal.SIGINT
    ) as process:
        processes.wait_until(cluster.answers, process, log)
        yield


def _initialise(data: Path, password: str) -> None:
    password_file = data.with_name("password")
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    give_to_server_user(password_file)
    command = [
        str(programs() / "initdb"), "--pgdata", str(data), "--username", _USER, "--auth", "scram-sha-256",
        "--pwfile", str(password_file), "--encoding", "UTF8", "--locale", "C.UTF-8",
    ]  # fmt: skip
    subprocess.run(as_server_user(command), check=True, stdout=subprocess.DEVNULL, cwd="/")
    password_file.unlink()


def free_port() -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
