"""Sessions whose Stop was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotspots import bulk
from hotspots.database import Database
from hotspots.jobs.batches import ROWS
from hotspots.jobs.stale_sessions import close_stale_sessions
from hotspots.models import ServicePlan, Session
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.accounting_store import apply
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW, add_network


@pytest.mark.parametrize(
    ("interim_seconds", "silent_seconds", "closed"),
    [
        (300, 901, 1),
        (300, 900, 0),
        (600, 901, 0),
        (600, 1801, 1),
        (10, 100, 0),  # gateways take no interval below 60 s
        (10, 181, 1),
        (None, 901, 1),
        (None, 899, 0),
    ],
)
def test_three_missed_updates_of_the_plan_end_a_session(
    database: Database, interim_seconds: int | None, silent_seconds: int, closed: int
) -> None:
    heard_at = NOW - timedelta(seconds=silent_seconds)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        plan = db.scalars(select(ServicePlan)).one()
        plan.interim_seconds = interim_seconds or 300
        db.add(a_session(access_point, plan if interim_seconds else None, heard_at))

    assert close_stale_sessions(database, NOW) == closed
    assert close_stale_sessions(database, NOW) == 0

    with database.read() as db:
        session = db.scalars(select(Session)).one()
        ended = (heard_at, "Stale", NOW) if closed else (None, None, heard_at)
        assert (session.stopped_at, session.terminate_cause, session.changed_at) == ended
        assert session.octets_down == 2000


def test_ended_sessions_are_left_alone(database: Database) -> None:
    long_ago = NOW - timedelta(days=3)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add(a_session(access_point, None, long_ago, stopped_at=long_ago, terminate_cause="User-Request"))

    assert close_stale_sessions(database, NOW) == 0

    with database.read() as db:
        assert db.scalars(select(Session.terminate_cause)).one() == "User-Request"


def test_more_than_one_batch(database: Database) -> None:
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add_all(a_session(access_point, None, NOW - timedelta(hours=1)) for _ in range(ROWS + 1))

    assert close_stale_sessions(database, NOW) == ROWS + 1


def test_an_update_after_all_opens_the_session_again(database: Database) -> None:
    with database.write() as db:
        access_point_id = add_network(db, database.vault).id
    start = Report(Status.START, access_point_id, NOW - timedelta(hours=1), "s1", "anna", "02:00:00:00:00:01")
    with bulk.transaction(database.engine) as rows:
        apply(rows, [start], NOW)
    close_stale_sessions(database, NOW)

    update = Report(Status.INTERIM, access_point_id, NOW, "s1", "anna", "02:00:00:00:00:01", session_seconds=3600)
    with bulk.transaction(database.engine) as rows:
        apply(rows, [update], NOW)

    with database.read() as db:
        session = db.scalars(select(Session)).one()
        assert (session.stopped_at, session.terminate_cause) == (None, None)
