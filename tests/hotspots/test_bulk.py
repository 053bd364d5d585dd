"""Many rows in one statement: what is written so is what SQLAlchemy reads, and the other way round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select

from hotspots import bulk, models
from hotspots.accounting_store import SESSIONS, STATE_COLUMNS
from hotspots.database import Database
from hotspots.models import Base
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, 0, 7, tzinfo=UTC)
USAGE = Base.metadata.tables["usage_hours"]
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
        "changed_at": NOW,
    }
    return row | more


def stored(database: Database) -> dict[str, dict[str, Any]]:
    """The sessions as SQLAlchemy reads them."""
    with database.read() as db:
        rows = db.execute(select(*(column for column in SESSIONS.c if column.name != "id"))).mappings()
        return {row["key"]: dict(row) for row in rows}


def test_what_is_inserted_is_what_sqlalchemy_reads(network: Database) -> None:
    rows = [session_row("a"), session_row("b", stopped_at=NOW, terminate_cause="Idle-Timeout", user_name="")]
    with network.write() as db:
        bulk.upsert(db, SESSIONS, rows, keys=["key"])
    assert stored(network) == {"a": rows[0], "b": rows[1]}


def test_it_is_stored_exactly_as_sqlalchemy_stores_it(network: Database) -> None:
    with network.write() as db:
        bulk.upsert(db, SESSIONS, [session_row("bulk")], keys=["key"])
        db.execute(insert(SESSIONS), [session_row("plain")])
    columns = ", ".join(column.name for column in SESSIONS.c if column.name not in ("id", "key"))
    types = ", ".join(f"typeof({column.name})" for column in SESSIONS.c)
    with network.read() as db:
        connection = db.connection()
        assert len(connection.exec_driver_sql(f"SELECT DISTINCT {columns} FROM sessions").all()) == 1  # noqa: S608 - ours
        assert len(connection.exec_driver_sql(f"SELECT DISTINCT {types} FROM sessions").all()) == 1  # noqa: S608 - ours


def test_what_is_there_is_replaced(network: Database) -> None:
    with network.write() as db:
        bulk.upsert(db, SESSIONS, [session_row("a"), session_row("b")], keys=["key"])
        bulk.upsert(db, SESSIONS, [session_row("b", octets_up=5, stopped_at=NOW)], keys=["key"])
    found = stored(network)
    assert (found["a"]["octets_up"], found["b"]["octets_up"], found["b"]["stopped_at"]) == ((1 << 53) + 1, 5, NOW)


def test_counters_are_added_to(network: Database) -> None:
    hour = NOW.replace(microsecond=0)
    row = {"hour": hour, "access_point_id": 1, "sessions_started": 1, "session_seconds": 2, "octets_up": 3}
    with network.write() as db:
        for _ in range(3):
            bulk.upsert(db, USAGE, [row | {"octets_down": 4}], keys=["hour", "access_point_id"], add=True)
    with network.read() as db:
        (found,) = db.scalars(select(models.UsageHour))
    assert (found.hour, found.sessions_started, found.octets_down) == (hour, 3, 12)


def test_a_document_in_a_column_stays_one(network: Database) -> None:
    checks = [{"rule": "pause", "used": 1, "limit": None, "left": 0}]
    row = {"at": NOW, "at_door": "radius", "method": "ticket", "checks": checks}
    with network.write() as db:
        bulk.insert(db, DECISIONS, [row, row | {"checks": []}])
    with network.read() as db:
        assert [decision.checks for decision in db.scalars(select(models.LoginDecision))] == [checks, []]


def test_rows_are_fetched_by_their_keys_however_many(network: Database) -> None:
    rows = [session_row(f"key {number}", stopped_at=NOW if number % 2 else None) for number in range(3000)]
    with network.write() as db:
        bulk.upsert(db, SESSIONS, rows, keys=["key"])
    wanted = [row["key"] for row in rows[10:2900]] + ["not there"]
    with network.read() as db:
        found = bulk.fetch(db, STATE_COLUMNS, SESSIONS.c.key, wanted)
        nothing = bulk.fetch(db, STATE_COLUMNS, SESSIONS.c.key, [])
    names = [column.name for column in STATE_COLUMNS]
    expected = {row["key"]: [row[name] for name in names] for row in rows[10:2900]}
    assert {row[0]: row for row in found} == expected
    assert nothing == []


def test_a_value_that_has_no_form_is_refused_and_nothing_is_written(network: Database) -> None:
    with pytest.raises(TypeError, match="bytes"), network.write() as db:
        bulk.upsert(db, SESSIONS, [session_row("a"), session_row("b", device=b"x")], keys=["key"])
    assert stored(network) == {}
