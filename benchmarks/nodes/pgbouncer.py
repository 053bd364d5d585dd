"""A throw-away PgBouncer in session mode before a throw-away PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import psycopg

from benchmarks import processes
from benchmarks.postgresql import Cluster, as_server_user, free_port, give_to_server_user
from benchmarks.processors import pinned

_PROGRAM: Final = Path("/usr/sbin/pgbouncer")
_SETTINGS: Final = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = session
default_pool_size = 40
ignore_startup_parameters = options
query_wait_timeout = 5
server_login_retry = 1
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
tcp_user_timeout = 10000
"""
"""Why each: docs/postgresql.md. What it ignores is set for the database instead."""

_INSTEAD_OF_OPTIONS: Final = ("lock_timeout = '10s'", "idle_in_transaction_session_timeout = '60s'")


@contextmanager
def running(cluster: Cluster, database: str, folder: Path, processors: tuple[int, ...]) -> Iterator[Cluster]:
    """The cluster as it is reached through the pool.

    Raises:
        RuntimeError: PgBouncer is not installed.
    """
    if not _PROGRAM.exists():
        raise RuntimeError("PgBouncer is missing: apt-get install pgbouncer")
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        for setting in _INSTEAD_OF_OPTIONS:
            connection.execute(f"ALTER DATABASE {database} SET {setting}")
    pool = replace(cluster, port=free_port())
    folder.mkdir(mode=0o700)
    users, settings, log = folder / "users", folder / "pgbouncer.ini", folder.with_suffix(".log")
    _write(users, f'"{cluster.user}" "{cluster.password}"\n')
    _write(settings, _SETTINGS.format(server=cluster.port, port=pool.port, users=users))
    give_to_server_user(folder)
    command = as_server_user(pinned(processors, [str(_PROGRAM), str(settings)]))
    with processes.running(command, log=log, folder=Path("/")) as process:
        processes.wait_until(lambda: pool.answers(database), process, log)
        yield pool


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
    give_to_server_user(path)
