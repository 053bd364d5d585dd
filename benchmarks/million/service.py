"""What the RADIUS service, the scheduled jobs and a backup take on the large database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks import load
from benchmarks.load import Endpoint
from benchmarks.ours import Ours
from benchmarks.processors import Processors
from hotspots.database import Database
from hotspots.jobs.retention import delete_old_decisions, erase_old_sessions
from hotspots.jobs.stale_sessions import close_stale_sessions

A_SECOND = 500
"""Logins in the open loop: a hundred times what 220 hotspots see in a busy hour."""


class OnTheLargeOne(Ours):
    """Our server on the database itself: a copy of it for each run would take longer than the run."""

    def _fresh_url(self) -> str | None:
        return self.database_url


def radius(server: Ours, processors: Processors, seconds: float) -> dict[str, Any]:
    """Start a recorder and a worker: how long it takes, their memory, logins and accounting."""
    began = time.perf_counter()
    with server.running({}) as endpoint:
        found: dict[str, Any] = {"ready_seconds": time.perf_counter() - began}
        memory = dict(_memory())
        steady = ["-m", "storm", "--storm", "auth", "--rate", str(A_SECOND), "-n", str(int(A_SECOND * seconds))]
        calm = _load(endpoint, processors, [*steady, "--timeout", "3000", "--retries", "2"])
        busy = _load(endpoint, processors, ["-m", "auth", "-w", "64", "-t", str(seconds), "-W", "1"])
        accounting = _load(endpoint, processors, ["-m", "acct", "-w", "64", "-t", str(seconds), "-W", "2"])
        return found | {
            "worker_megabytes": memory.get("radius"),
            "recorder_megabytes": memory.get("recorder"),
            "login_p50_ms": calm.p50_us / 1000,
            "login_p99_ms": calm.p99_us / 1000,
            "logins_lost_or_refused": calm.lost + calm.reject + busy.lost + busy.reject,
            "logins_a_second": busy.rps,
            "accounting_a_second": accounting.rps,
            "accounting_p99_ms": accounting.p99_us / 1000,
            "accounting_lost": accounting.lost,
        }


def _load(endpoint: Endpoint, processors: Processors, arguments: list[str]) -> load.Measurement:
    return load.run(endpoint, processors.generator, arguments)


def _memory() -> Iterator[tuple[str, float]]:
    """Resident megabytes (proc(5), VmRSS) of the processes that this one has started, by their last argument."""
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        name = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[-2].decode()
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        yield name, next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def sizes(database: Database) -> dict[str, float]:
    """Rows, and gigabytes on disk: of all, of the sessions, and of the indexes of these."""
    of_parts = "SELECT sum({}(relid)) FROM pg_partition_tree('sessions') WHERE isleaf"
    asked = {
        "sessions": "SELECT count(*) FROM sessions",
        "logins": "SELECT count(*) FROM login_decisions",
        "devices": "SELECT count(*) FROM device_grants",
        "accounts": "SELECT count(*) FROM accounts",
        "gigabytes": "SELECT pg_database_size(current_database())",
        "gigabytes_of_sessions": of_parts.format("pg_total_relation_size"),
        "gigabytes_of_their_indexes": of_parts.format("pg_indexes_size"),
    }
    with database.engine.connect() as connection:
        found = {name: float(connection.scalar(text(statement)) or 0) for name, statement in asked.items()}
    return {name: value / 1e9 if name.startswith("gigabytes") else value for name, value in found.items()}


def jobs(database: Database, now: datetime) -> dict[str, float]:
    """Seconds of the retention as it is due each day, of the run an hour later, and of the silent sessions."""
    found: dict[str, float] = {}
    for name, job in (
        ("retention_of_a_day", erase_old_sessions),
        ("retention_with_nothing_to_do", erase_old_sessions),
        ("login_decisions_of_a_day", delete_old_decisions),
        ("silent_sessions", close_stale_sessions),
    ):
        with _clock(found, f"{name}_seconds"):
            found[f"{name}_rows"] = job(database, now)
    return found


@contextmanager
def _clock(into: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    into[name] = time.perf_counter() - began
