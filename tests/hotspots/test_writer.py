"""The writer: durable before it tells, together under load, and one bad record never keeps the others out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots.accounting import Report, Status
from hotspots.accounting_store import Applied
from hotspots.database import Database
from hotspots.models import Session
from hotspots.writer import Writer
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Request:
    report: Report


class Gateway:
    """Hands reports to a writer and keeps what it was told, with what was in the database at that moment."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.answered: list[Request] = []
        self.unanswered: list[Request] = []
        self.commits = 0
        self.told = threading.Event()
        self.writer: Writer[Request] = Writer(database, self.on_committed, self.on_failed)
        self.writer.start()

    def on_committed(self, waiting: Sequence[Request], _applied: Applied) -> None:
        with self.database.read() as db:
            durable = set(db.scalars(select(Session.acct_session_id)))
        assert {request.report.acct_session_id for request in waiting} <= durable
        self.commits += 1
        self.answered.extend(waiting)
        self.told.set()

    def on_failed(self, waiting: Sequence[Request]) -> None:
        self.unanswered.extend(waiting)
        self.told.set()


def start(number: int) -> Request:
    report = Report(Status.START, 1, NOW + timedelta(seconds=number), acct_session_id=str(number), device="d")
    return Request(report)


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def test_who_waits_is_told_only_once_it_is_durable(network: Database) -> None:
    gateway = Gateway(network)
    requests = [start(number) for number in range(100)]
    for request in requests:
        gateway.writer.write([request])
    gateway.writer.close()
    assert gateway.answered == requests
    assert gateway.unanswered == []


def test_what_arrives_during_a_commit_shares_the_next(network: Database) -> None:
    gateway = Gateway(network)
    holder = sqlite3.connect(str(network.engine.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for number in range(100):
        gateway.writer.write([start(number)])
    holder.execute("COMMIT")
    gateway.writer.close()
    assert len(gateway.answered) == 100
    assert gateway.commits <= 2


def test_a_record_that_cannot_be_written_stays_unanswered_and_the_others_are_written(network: Database) -> None:
    gateway = Gateway(network)
    bad = start(7)
    bad.report = replace(bad.report, access_point_id=4711)
    gateway.writer.write([start(1), bad, start(2)])
    gateway.writer.close()
    assert [request.report.acct_session_id for request in gateway.answered] == ["1", "2"]
    assert gateway.unanswered == [bad]


def test_when_the_database_is_away_nobody_is_told_that_it_was_written(network: Database) -> None:
    gateway = Gateway(network)
    with network.write() as db:
        db.connection().exec_driver_sql("ALTER TABLE sessions RENAME TO sessions_elsewhere")
    gateway.writer.write([start(1)])
    assert gateway.told.wait(10)
    assert (len(gateway.answered), len(gateway.unanswered)) == (0, 1)
    with network.write() as db:
        db.connection().exec_driver_sql("ALTER TABLE sessions_elsewhere RENAME TO sessions")
    gateway.told.clear()
    gateway.writer.write(gateway.unanswered)
    assert gateway.told.wait(10)
    gateway.writer.close()
    assert len(gateway.answered) == 1
