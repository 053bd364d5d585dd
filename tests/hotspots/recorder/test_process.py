"""The recorder as a worker meets it: what is answered, what is refused, and who is sent away."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hotspots.database import Database
from hotspots.logins.login_records import LoginRecord
from hotspots.recorder import connections, local_socket, process
from hotspots.recorder.messages import (
    MOST_OCTETS,
    Answer,
    Batch,
    Happened,
    Kept,
    Look,
    Refused,
    decode_answer,
    encode,
)
from hotspots.recorder.store import Store
from hotspots.sessions.accounting import Report
from hotspots.storage.spool import Spool
from tests.hotspots.recorder.records import NOBODY, login, message, once, report, written
from tests.radius.running import RecorderThread, eventually


@pytest.fixture
def recorder(places: Database, tmp_path: Path) -> Iterator[RecorderThread]:
    recorder = RecorderThread(places, tmp_path / "recorder")
    yield recorder
    recorder.stop()


@contextmanager
def worker(recorder: RecorderThread) -> Iterator[socket.socket]:
    with local_socket.connect(recorder.path) as connection:
        connection.settimeout(20)
        yield connection


def hear(connection: socket.socket) -> Answer:
    """The next answer; what all workers are told is passed over."""
    while isinstance(answer := decode_answer(connection.recv(MOST_OCTETS)), Happened | Look):
        pass
    return answer


@contextmanager
def without_hours(database: Database) -> Iterator[None]:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE usage_hours RENAME TO elsewhere"))
    yield
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO usage_hours"))


def test_what_is_said_to_be_kept_is_in_the_database(places: Database, recorder: RecorderThread) -> None:
    with worker(recorder) as one:
        one.send(message(1))
        assert hear(one) == Kept([1])
        assert written(places) == once(range(1, 2))


def test_a_record_that_the_database_refuses_is_named_and_the_others_are_kept(
    places: Database, recorder: RecorderThread
) -> None:
    with worker(recorder) as one:
        one.send(encode(Batch(7, [report(1), report(77, NOBODY), report(2)], [login(), login(NOBODY), login()])))
        assert hear(one) == Refused(7, [1], logins=False)
    assert written(places) == once(range(1, 3))


def test_while_the_database_is_away_the_spool_keeps_it_and_order_and_number_stay(
    places: Database, recorder: RecorderThread
) -> None:
    with worker(recorder) as one:
        with without_hours(places):
            for number in (1, 2, 3):
                one.send(message(number))
                assert hear(one) == Kept([number])
            assert recorder.backlog.octets > 0
        one.send(message(4))
        assert hear(one) == Kept([4])
        eventually(lambda: recorder.backlog.empty)
    assert written(places) == once(range(1, 5))


def test_what_nothing_can_keep_is_not_answered_and_room_that_comes_back_is_used(
    places: Database, recorder: RecorderThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with worker(recorder) as one:
        with without_hours(places), monkeypatch.context() as patched:
            patched.setattr(Spool, "append", full)
            one.send(message(1))
            assert hear(one) == Refused(1, [0], logins=True)
        one.send(message(2))
        assert hear(one) == Kept([2])
        eventually(lambda: recorder.backlog.empty)
    assert set(written(places).octets) == {"session 2"}


def test_a_worker_that_does_not_read_is_cut_off_and_the_others_are_served(
    places: Database, recorder: RecorderThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_MOST_UNSENT", 20)
    with worker(recorder) as deaf, worker(recorder) as other:
        deaf.send(encode(Batch(1, [report(1)], [])))
        last = 1
        while not _hung_up(deaf):
            last += 1
            assert last < 5_000, "it is never cut off"
            other.send(encode(Batch(last, [report(last)], [])))
            assert hear(other) == Kept([last])
    assert set(written(places).octets) == {f"session {number}" for number in range(1, last + 1)}


def _hung_up(connection: socket.socket) -> bool:
    """Whether the other end has closed, without reading what waits."""
    try:
        connection.send(encode(Batch(0, [], [])), socket.MSG_DONTWAIT)
    except OSError:
        return True
    return False


def test_what_a_worker_sent_before_it_died_is_kept(places: Database, recorder: RecorderThread) -> None:
    with worker(recorder) as one:
        for number in range(1, 6):
            one.send(message(number))
    eventually(lambda: written(places) == once(range(1, 6)))


def test_a_worker_that_has_gone_is_let_go(recorder: RecorderThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FAREWELL_SECONDS", 60.0)  # so long it would wait for one that is still there
    with worker(recorder) as one:
        one.send(message(1))
        assert hear(one) == Kept([1])
    began = time.monotonic()
    recorder.stop()
    assert time.monotonic() - began < 30


def test_who_speaks_another_language_is_sent_away(places: Database, recorder: RecorderThread) -> None:
    with worker(recorder) as stranger, worker(recorder) as one:
        stranger.send(b"hello")
        assert stranger.recv(MOST_OCTETS) == b""
        one.send(message(1))
        assert hear(one) == Kept([1])


@pytest.mark.parametrize(("accounting", "most"), [(False, 30), (True, 10)])
def test_logins_share_a_transaction_by_the_thousand_where_no_accounting_would_wait_for_it(
    places: Database, recorder: RecorderThread, monkeypatch: pytest.MonkeyPatch, accounting: bool, most: int
) -> None:
    monkeypatch.setattr(process, "MOST_LOGINS", 10)
    monkeypatch.setattr(process, "MOST_LOGINS_ALONE", 30)
    monkeypatch.setattr(process, "ALONE_SECONDS", 600.0)
    write, sizes, all_sent = Store.write, [], threading.Event()

    def once_all_are_sent(
        store: Store, reports: Sequence[Report], logins: Sequence[LoginRecord], *more: Any
    ) -> Any:
        assert all_sent.wait(60)
        sizes.append(len(logins))
        return write(store, reports, logins, *more)

    monkeypatch.setattr(Store, "write", once_all_are_sent)
    with worker(recorder) as one:
        if accounting:
            one.send(encode(Batch(0, [report(1)], [])))
        for number in range(1, 13):
            one.send(encode(Batch(number, [], [login()] * 10)))
        all_sent.set()
        eventually(lambda: written(places).logins == 120)
    assert max(sizes) == most
