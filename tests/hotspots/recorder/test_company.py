"""A storm on a slow disk: who was answered comes again in one commit with those who waited meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hotspots.database import Database
from hotspots.recorder import local_socket, process
from hotspots.recorder.messages import MOST_OCTETS, Batch, Happened, Kept, Look, decode_answer, encode
from hotspots.recorder.store import Store
from tests.hotspots.places import add_network
from tests.hotspots.recorder.records import report
from tests.radius.running import RecorderThread

STORM = 8
SYNC_SECONDS = 1.0


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many reports each commit had, on a disk that needs a second for it."""
    sizes: list[int] = []
    write = Store.write

    def slow(store: Store, reports: Any, *rest: Any) -> Any:
        time.sleep(SYNC_SECONDS)
        sizes.append(len(reports))
        return write(store, reports, *rest)

    monkeypatch.setattr(Store, "write", slow)
    monkeypatch.setattr(process, "COMPANY_SECONDS", 60.0)  # half of what a commit waited is the limit here
    return sizes


@pytest.fixture
def recorder(sqlite_database: Database, tmp_path: Path, commits: list[int]) -> Iterator[RecorderThread]:
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault)
    recorder = RecorderThread(sqlite_database, tmp_path / "recorder")
    yield recorder
    recorder.stop()


def connected(recorder: RecorderThread) -> socket.socket:
    connection = local_socket.connect(recorder.path)
    connection.settimeout(20)
    return connection


def storm(number: int) -> bytes:
    return encode(Batch(number, [report(number * 100 + each) for each in range(STORM)], []))


def hear(connection: socket.socket) -> Kept:
    while isinstance(answer := decode_answer(connection.recv(MOST_OCTETS)), Happened | Look):
        pass
    assert isinstance(answer, Kept)
    return answer


def test_they_share_a_commit(recorder: RecorderThread, commits: list[int]) -> None:
    with connected(recorder) as one, connected(recorder) as other:
        one.send(storm(1))
        time.sleep(SYNC_SECONDS / 4)
        other.send(storm(2))
        assert hear(one) == Kept([1])
        one.send(storm(3))
        assert (hear(one), hear(other)) == (Kept([3]), Kept([2]))
    assert commits == [STORM, 2 * STORM]


def test_nobody_waits_long_for_who_does_not_come(recorder: RecorderThread, commits: list[int]) -> None:
    with connected(recorder) as one, connected(recorder) as other:
        one.send(storm(1))
        time.sleep(SYNC_SECONDS / 4)
        other.send(storm(2))
        assert (hear(one), hear(other)) == (Kept([1]), Kept([2]))
    assert commits == [STORM, STORM]
