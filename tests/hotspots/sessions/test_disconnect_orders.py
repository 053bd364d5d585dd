"""Orders for Disconnects: taken by one, free again when nobody settles them, settled once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots import bulk
from hotspots.database import Database
from hotspots.models import Session, SessionCommand
from hotspots.policy import Limits
from hotspots.sessions import accounting_store, disconnect_orders, disconnects
from hotspots.sessions.accounting import LOST, Report, Status
from hotspots.sessions.disconnect_orders import LEASE, Order, Result, State
from hotspots.sessions.reconsidering import Regrant
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"


@pytest.fixture
def asked(database: Database) -> Database:
    """One open session, whose end staff have asked for."""
    with database.write() as db:
        add_network(db, database.vault)
    start = Report(Status.START, 1, NOW, acct_session_id="s1", user_name="somebody", device=PHONE)
    with bulk.transaction(database.engine) as rows:
        accounting_store.apply(rows, [start], NOW)
    with database.write() as db:
        disconnects.ask(db, db.get_one(Session, 1), asked_by="a clerk", now=NOW)
    return database


def take(database: Database, now: datetime = NOW) -> list[Order]:
    with database.write() as db:
        return disconnect_orders.take(db, disconnect_orders.waiting(db, now, 100), now)


def test_an_order_has_the_names_that_the_gateway_knows(asked: Database) -> None:
    assert take(asked) == [Order(1, 1, 1, "s1", "somebody", None, PHONE, NOW, "disconnect", "staff")]


def test_an_order_is_taken_by_one_and_free_again_when_nobody_settles_it(asked: Database) -> None:
    with asked.read() as db:
        seen_by_both = disconnect_orders.waiting(db, NOW, 100)
    assert len(take(asked)) == 1
    with asked.write() as db:
        assert disconnect_orders.take(db, seen_by_both, NOW) == []
    assert take(asked, NOW + LEASE) == []
    assert len(take(asked, NOW + LEASE + timedelta(seconds=1))) == 1


def test_what_was_settled_is_not_asked_again(asked: Database) -> None:
    (order,) = take(asked)
    with asked.write() as db:
        result = Result(State.NACKED, 2, error_cause=404, round_trip_ms=12.5)
        assert disconnect_orders.settle(db, order, result, NOW) is None
    with asked.read() as db:
        command = db.scalars(select(SessionCommand)).one()
    assert (command.state, command.attempts, command.error_cause) == ("nacked", 2, 404)
    assert (command.round_trip_ms, command.answered_at) == (12.5, NOW)
    assert take(asked, NOW + timedelta(days=1)) == []


def test_what_the_stop_has_proved_stays_proved(asked: Database) -> None:
    (order,) = take(asked)
    stop = Report(Status.STOP, 1, NOW, acct_session_id="s1", user_name="somebody", device=PHONE)
    with bulk.transaction(asked.engine) as rows:
        accounting_store.apply(rows, [stop], NOW)
    with asked.write() as db:
        disconnect_orders.settle(db, order, Result(State.ACKED, 1, round_trip_ms=3.0), NOW)
    with asked.read() as db:
        command = db.scalars(select(SessionCommand)).one()
    assert (command.state, command.attempts, command.answered_at) == ("proved", 1, NOW)


def test_a_session_that_the_gateway_does_not_know_ends_when_it_was_last_heard(asked: Database) -> None:
    (order,) = take(asked)
    later = NOW + timedelta(hours=1)
    with asked.write() as db:
        ended = disconnect_orders.settle(db, order, Result(State.NACKED, 1, 503, 3.0), later)
        again = disconnect_orders.settle(db, order, Result(State.NACKED, 1, 503, 3.0), later)
    assert ended is not None
    assert (ended.stopped_at, ended.terminate_cause, again) == (NOW, LOST, None)


@pytest.fixture
def changing(asked: Database) -> tuple[Database, Order]:
    """The same session, which is to have other limits, and that order alone."""
    with asked.write() as db:
        command = db.scalars(select(SessionCommand)).one()
        command.kind, command.cause, command.asked_by = "change", "rates_changed", "limits"
    (order,) = take(asked)
    assert order.is_change
    return asked, order


@pytest.mark.parametrize("state", [State.NACKED, State.TIMED_OUT, State.REPLACED])
def test_a_change_that_is_not_made_becomes_a_disconnect(changing: tuple[Database, Order], state: State) -> None:
    database, order = changing
    for _ in range(2):
        with database.write() as db:
            assert disconnect_orders.settle(db, order, Result(state, 1), NOW) is None
    with database.read() as db:
        changed, ending = db.scalars(select(SessionCommand).order_by(SessionCommand.id))
    assert (changed.state, ending.kind, ending.cause, ending.state) == (
        state,
        "disconnect",
        "rates_changed",
        "asked",
    )


def test_a_change_that_is_made_is_what_accounting_goes_by(changing: tuple[Database, Order]) -> None:
    database, order = changing
    granted = Regrant(Limits(session_seconds=900, total_octets=1000), plan_id=1)
    with database.write() as db:
        state = disconnect_orders.settle(db, order, Result(State.ACKED, 1, None, 2.0, granted), NOW)
    assert state is not None
    assert (state.limit_seconds, state.limit_octets, state.plan_id) == (900, 1000, 1)
    more = Report(Status.INTERIM, 1, NOW, acct_session_id="s1", user_name="somebody", device=PHONE, octets_up=1000)
    with bulk.transaction(database.engine) as rows:
        assert accounting_store.apply(rows, [more], NOW).disconnects == 1


def test_of_a_session_that_has_ended_nothing_more_is_asked(changing: tuple[Database, Order]) -> None:
    database, order = changing
    stop = Report(Status.STOP, 1, NOW, acct_session_id="s1", user_name="somebody", device=PHONE)
    with bulk.transaction(database.engine) as rows:
        accounting_store.apply(rows, [stop], NOW)
    with database.write() as db:
        disconnect_orders.settle(db, order, Result(State.REPLACED, 0), NOW)
        assert db.scalars(select(SessionCommand)).one().kind == "change"
