"""Jobs when they are due."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from hotspots.database import Database
from hotspots.jobs.session_months import make_months
from hotspots.models import Session
from hotspots.processes.scheduler import JOBS, Job, Scheduler
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW, add_network


def runs(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("hotspots_job_runs_total", {"job": job, "outcome": outcome}) or 0


def cause(database: Database) -> str | None:
    with database.read() as db:
        return db.scalars(select(Session.terminate_cause)).one()


def test_a_job_that_fails_is_logged_and_stops_no_other(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    times: list[datetime] = []
    stop = threading.Event()

    def fail(_database: Database, _now: datetime) -> int:
        raise RuntimeError("the disk is full")

    def work(_database: Database, now: datetime) -> int:
        times.append(now)
        if len(times) == 2:
            stop.set()
        return 7

    Scheduler(sqlite_database, (Job("fails", 0.01, fail), Job("works", 0.01, work)), stop, lambda: NOW).run()

    assert times == [NOW, NOW]
    assert "the job fails failed" in caplog.text
    assert "the disk is full" in caplog.text
    assert runs("fails", "failed") >= 2
    assert (runs("works", "succeeded"), runs("works", "failed")) == (2, 0)
    assert REGISTRY.get_sample_value("hotspots_job_rows_total", {"job": "works"}) == 14
    last = REGISTRY.get_sample_value("hotspots_job_last_success_timestamp_seconds", {"job": "works"})
    assert last == NOW.timestamp()


def test_each_job_has_its_own_interval(database: Database) -> None:
    counts = {"often": 0, "seldom": 0}
    stop = threading.Event()

    def count(name: str) -> int:
        counts[name] += 1
        if counts["often"] == 5:
            stop.set()
        return 0

    jobs = (Job("seldom", 60, lambda _d, _n: count("seldom")), Job("often", 0.01, lambda _d, _n: count("often")))
    Scheduler(database, jobs, stop).run()

    assert counts == {"often": 5, "seldom": 1}


def test_all_jobs_work_on_an_empty_database(database: Database) -> None:
    make_months(database, NOW)
    assert [job.run(database, NOW) for job in JOBS] == [0] * len(JOBS)


def test_the_command_says_ready_works_and_stops_on_sigterm(database: Database, tmp_path: Path) -> None:
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add(a_session(access_point, None, NOW - timedelta(hours=1)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(20)
        environment = os.environ | {
            "HOTSPOTS_DATA_DIR": str(tmp_path),
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
        }
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "--verbose", "scheduler"],
            env=environment, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert supervisor.recv(200).startswith(b"READY=1")
            deadline = time.monotonic() + 60
            while cause(database) is None and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, log
    assert "Traceback" not in log
    assert cause(database) == "Stale"
