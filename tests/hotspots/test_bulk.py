"""Many rows in one statement: what is written so is what SQLAlchemy reads, and the other way round."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from hotspots import bulk, models
from hotspots.bulk import Bulk
from hotspots.bulk.postgresql import MANY_ROWS
from hotspots.database import Database
from hotspots.models import Base
from hotspots.sessions.accounting_store import SESSIONS, STATE_COLUMNS
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, 0, 7, tzinfo=UTC)
USAGE = Base.metadata.tables["usage_hours"]
TICKETS = Base.metadata.tables["used_tickets"]
DECISIONS = Base.metadata.tables["login_decisions"]


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def session_row(key: str, **more: Any) -> dict[str, Any]:
    row = {
        "key": key,
        "access_point_id": 1,
        "acct_session_id": "quote \" backslash \\ apostrophe ' ąę 0x",
        "user_name": None,
        "device": "007",
        "subject_kind": "device",
        "subject_key": "1e5",
        "plan_id": None,
        "framed_ip": None,
        "started_at": NOW,
        "updated_at": NOW.astimezone(timezone(timedelta(hours=1))),
        "stopped_at": None,
        "session_seconds": 0,
        "octets_up": (1 << 53) + 1,
        "octets_down": 0,
        "terminate_cause": None,
        "limit_seconds": None,
        "limit_octets": 1 << 60,
        "source": None,
        "changed_at": NOW,
    }
    return row | more


def put(db: Bulk, *rows: dict[str, Any]) -> None:
    names = tuple(rows[0])
    db.insert(SESSIONS, names, [tuple(row.values()) for row in rows])


def stored(database: Database) -> dict[str, dict[str, Any]]:
    """The sessions as SQLAlchemy reads them."""
    with database.read() as db:
        rows = db.execute(select(*(column for column in SESSIONS.c if column.name != "id"))).mappings()
        return {row["key"]: dict(row) for row in rows}


@pytest.mark.parametrize("filling", [0, MANY_ROWS])
def test_what_is_inserted_is_what_sqlalchemy_reads(network: Database, filling: int) -> None:
    rows = [session_row("a"), session_row("b", stopped_at=NOW, terminate_cause="Idle-Timeout", user_name="")]
    rows += [session_row(str(number)) for number in range(filling)]
    with bulk.transaction(network.engine) as db:
        put(db, *rows)
    assert stored(network) == {row["key"]: row for row in rows}


@pytest.mark.parametrize("filling", [0, MANY_ROWS])
def test_a_row_that_the_database_refuses_is_not_taken_for_a_database_that_is_away(
    network: Database, filling: int
) -> None:
    rows = [(nonce, NOW) for nonce in [*map(str, range(filling)), "a", "a"]]
    with pytest.raises(Exception, match=r"(?i)unique") as caught, bulk.transaction(network.engine) as db:
        db.insert(TICKETS, ("nonce", "expires_at"), rows)
    assert not bulk.is_away(caught.value)
    with network.read() as db_:
        assert db_.scalars(select(models.UsedTicket)).all() == []


def test_what_is_copied_comes_after_what_was_written_before_it(network: Database) -> None:
    rows = [session_row(str(number)) for number in range(MANY_ROWS)]
    with bulk.transaction(network.engine) as db:
        put(db, session_row("a"))
        put(db, *rows)
        numbers = db.fetch([SESSIONS.c.id, SESSIONS.c.key], "key IN ?", ["a", "0"])
    assert [key for _, key in sorted(numbers)] == ["a", "0"]


def test_it_is_stored_exactly_as_sqlalchemy_stores_it(sqlite_database: Database) -> None:
    network = sqlite_database
    with network.write() as db:
        add_network(db, network.vault)
    with bulk.transaction(network.engine) as rows:
        put(rows, session_row("bulk"))
    with network.write() as db:
        db.execute(insert(SESSIONS), [session_row("plain")])
    columns = ", ".join(column.name for column in SESSIONS.c if column.name not in ("id", "key"))
    types = ", ".join(f"typeof({column.name})" for column in SESSIONS.c)
    with network.read() as db:
        connection = db.connection()
        assert len(connection.exec_driver_sql(f"SELECT DISTINCT {columns} FROM sessions").all()) == 1  # noqa: S608 - ours
        assert len(connection.exec_driver_sql(f"SELECT DISTINCT {types} FROM sessions").all()) == 1  # noqa: S608 - ours


def test_what_is_there_is_replaced(network: Database) -> None:
    later = NOW + timedelta(hours=1)
    with bulk.transaction(network.engine) as db:
        db.upsert(TICKETS, ("nonce", "expires_at"), [("a", NOW), ("b", NOW)])
        db.upsert(TICKETS, ("nonce", "expires_at"), [("b", later), ("c", later)])
    with network.read() as db:
        found = {ticket.nonce: ticket.expires_at for ticket in db.scalars(select(models.UsedTicket))}
    assert found == {"a": NOW, "b": later, "c": later}


def test_new_rows_are_numbered(network: Database) -> None:
    names = tuple(session_row(""))
    with bulk.transaction(network.engine) as db:
        given = db.insert_numbered(SESSIONS, names, [tuple(session_row(key).values()) for key in ("a", "b")])
        given |= db.insert_numbered(SESSIONS, names, [tuple(session_row("c").values())])
        assert sorted(given) == ["a", "b", "c"]
        assert sorted(given.items()) == sorted(map(tuple, db.fetch([SESSIONS.c.key, SESSIONS.c.id], "TRUE")))


def test_what_is_written_to_the_same_rows_keeps_its_order(network: Database) -> None:
    with bulk.transaction(network.engine) as db:
        for each in range(5):
            db.upsert(TICKETS, ("nonce", "expires_at"), [("a", NOW + timedelta(hours=each))])
        db.update(TICKETS, ("nonce", "expires_at"), [("a", NOW)])
        db.execute("UPDATE used_tickets SET expires_at = ? WHERE nonce IN ?", NOW + timedelta(hours=9), ["b"])
        db.insert(DECISIONS, ("at", "at_door", "method", "checks"), [(NOW, "radius", "ticket", "[]")])
    with network.read() as db_:
        assert db_.scalars(select(models.UsedTicket.expires_at)).all() == [NOW]
        assert len(db_.scalars(select(models.LoginDecision)).all()) == 1


def test_counters_are_added_to(network: Database) -> None:
    hour = NOW.replace(microsecond=0)
    names = ("hour", "access_point_id", "sessions_started", "session_seconds", "octets_up", "octets_down")
    with bulk.transaction(network.engine) as db:
        for _ in range(3):
            db.upsert(USAGE, names, [(hour, 1, 1, 2, 3, 4)], keys=2, add=True)
    with network.read() as db:
        (found,) = db.scalars(select(models.UsageHour))
    assert (found.hour, found.sessions_started, found.octets_down) == (hour, 3, 12)


def test_a_document_in_a_column_stays_one(network: Database) -> None:
    checks = [{"rule": "pause", "used": 1, "limit": None, "left": 0}]
    rows = [(NOW, "radius", "ticket", json.dumps(checks)), (NOW, "radius", "ticket", "[]")]
    for times in (1, MANY_ROWS):
        with bulk.transaction(network.engine) as db:
            db.insert(DECISIONS, ("at", "at_door", "method", "checks"), rows * times)
        with network.write() as db:
            found = [decision.checks for decision in db.scalars(select(models.LoginDecision))]
            assert found == [checks, []] * times
            db.execute(delete(models.LoginDecision))


def test_rows_are_fetched_by_their_keys_however_many(network: Database) -> None:
    rows = [session_row(f"key {number}", stopped_at=NOW if number % 2 else None) for number in range(3000)]
    with bulk.transaction(network.engine) as db:
        put(db, *rows)
    wanted = [row["key"] for row in rows[10:2900]] + ["not there"]
    with bulk.transaction(network.engine) as db:
        found = db.fetch(STATE_COLUMNS, "key IN ?", wanted)
        nothing = db.fetch(STATE_COLUMNS, "key IN ?", [])
    names = [column.name for column in STATE_COLUMNS]
    expected = {row["key"]: [row[name] for name in names] for row in rows[10:2900]}
    assert {row[0]: row for row in found} == expected
    assert nothing == []


def test_only_what_is_named_is_updated(network: Database) -> None:
    rows = [session_row("a"), session_row("b"), session_row("c")]
    with bulk.transaction(network.engine) as db:
        put(db, *rows)
        ids = {row[0]: row[1] for row in db.fetch([SESSIONS.c.key, SESSIONS.c.id], "TRUE")}
        db.update(
            SESSIONS,
            ("id", "octets_up", "stopped_at"),
            [(ids["b"], 7, NOW), (ids["c"], 8, None), (10**6, 9, NOW)],
        )
    expected = {"a": rows[0], "b": rows[1] | {"octets_up": 7, "stopped_at": NOW}, "c": rows[2] | {"octets_up": 8}}
    assert stored(network) == expected
