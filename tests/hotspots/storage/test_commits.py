"""A commit that does not end is seen: PostgreSQL waits for a synchronous standby that is not there."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import select, text

from benchmarks.postgresql import Cluster
from hotspots import audit
from hotspots.database import Database
from hotspots.doctor.commits import check_commits
from hotspots.doctor.finding import State
from hotspots.models import AuditEntry
from hotspots.processes.metrics_folder import VARIABLE
from hotspots.recorder import local_socket
from hotspots.recorder.messages import MOST_OCTETS, Kept, decode_answer
from hotspots.storage import commits
from tests.hotspots.places import NOW, add_network
from tests.hotspots.recorder.records import message, once, written
from tests.radius.running import eventually

METRIC = "hotspots_commit_under_way_seconds"
SLOWLY = 60.0


@pytest.fixture
def durable(cluster: Cluster, postgresql_database: Database) -> Database:
    """A database with one access point, whose commits may wait for a standby; those of the others here never do."""
    with postgresql_database.engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = on"))
    postgresql_database.close()
    with postgresql_database.write() as db:
        add_network(db, postgresql_database.vault)
    return postgresql_database


@pytest.fixture
def recorder(durable: Database, tmp_path: Path) -> Iterator[socket.socket]:
    """A worker's connection to the real process, which writes into ``log`` and ``metrics`` of the folder."""
    (tmp_path / "metrics").mkdir()
    environment = os.environ | {
        VARIABLE: str(tmp_path / "metrics"),
        "HOTSPOTS_DATA_DIR": str(tmp_path),
        "HOTSPOTS_DATABASE_URL": durable.engine.url.render_as_string(hide_password=False),
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "recorder"], env=environment, stderr=log
        )
    try:
        connection = eventually(lambda: connected(tmp_path / local_socket.NAME), SLOWLY)
        assert connection
        with connection:
            connection.settimeout(SLOWLY)
            yield connection
    finally:
        process.terminate()
        process.wait(SLOWLY)


def connected(path: Path) -> socket.socket | None:
    with contextlib.suppress(OSError):
        return local_socket.connect(path)
    return None


def waiting(database: Database) -> int:
    """How many commits wait for a standby (PostgreSQL's manual, table "Wait Events of Type IPC")."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()"
    with database.read() as db:
        return db.scalar(text(asked)) or 0


def of_the_recorder(folder: Path) -> float:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder / "metrics"))  # type: ignore[no-untyped-call] # it has no types
    return registry.get_sample_value(METRIC, {"process": "recorder"}) or 0.0


def of_the_portal() -> float:
    return REGISTRY.get_sample_value(METRIC, {"process": "portal"}) or 0.0


def note(database: Database) -> None:
    """As a page does that tells no worker anything; one that does waits for the recorder's NOTIFY, and gives up."""
    with database.write() as db:
        audit.append(db, actor="anna", action="voucher.print", subject="a page that waits", now=NOW)


def test_a_commit_that_waits_for_a_standby_is_seen_and_written_once_when_it_may_end(
    cluster: Cluster, durable: Database, recorder: socket.socket, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    sent = 0

    def one_more_waits() -> bool:
        nonlocal sent
        sent += 1
        recorder.send(message(sent))
        return waiting(durable) > 0

    def recorder_says(words: str) -> bool:
        return words in (tmp_path / "log").read_text()

    page = threading.Thread(target=note, args=(durable,))
    with commits.watched("portal"):
        with cluster.waiting_for("nobody"):
            eventually(one_more_waits, SLOWLY)
            page.start()
            eventually(lambda: recorder_says("a commit of the recorder has not ended since"), SLOWLY)
            eventually(lambda: "a commit of the portal has not ended since" in caplog.text, SLOWLY)
            assert recorder_says("synchronous_standby_names")
            assert "synchronous_standby_names" in caplog.text
            assert [one.state for one in check_commits(durable)] == [State.WRONG]
            assert of_the_recorder(tmp_path) >= commits.WARN_AFTER_SECONDS
            assert of_the_portal() >= commits.WARN_AFTER_SECONDS
        page.join()
        kept: list[int] = []
        while len(kept) < sent:
            answer = decode_answer(recorder.recv(MOST_OCTETS))
            kept += answer.numbers if isinstance(answer, Kept) else []
        eventually(lambda: recorder_says("the commit of the recorder that did not end is over"), SLOWLY)
        eventually(lambda: of_the_recorder(tmp_path) == of_the_portal() == 0, SLOWLY)
    assert kept == list(range(1, sent + 1))
    assert [one.state for one in check_commits(durable)] == [State.OK]
    assert written(durable) == once(range(1, sent + 1))
    with durable.read() as db:
        assert db.scalars(select(AuditEntry.subject)).all() == ["a page that waits"]
