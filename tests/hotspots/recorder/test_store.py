"""What a transaction says of itself."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text, update

from hotspots.bulk import connection
from hotspots.database import Database
from hotspots.models import Session
from hotspots.recorder.store import Store
from hotspots.recorder.untold import EVERY_SECONDS, MANY
from hotspots.sessions.accounting import Report, Status
from tests.hotspots.places import NOW, add_network
from tests.hotspots.recorder.records import report


def storm(octets: int) -> list[Report]:
    return [
        replace(report(number), octets_up=octets, device=f"02:00:00:00:00:{number:02x}") for number in range(MANY)
    ]


def test_a_few_reports_are_told_at_once(places: Database, store: Store) -> None:
    few = storm(1)[:2]
    assert [stay.octets for _, stay in store.write(few, [], NOW).stays] == [1, 1]
    assert store.rest_due_at is None


def test_in_a_storm_the_newest_state_of_each_is_told_once(places: Database, store: Store) -> None:
    store.write(storm(1)[:1], [], NOW)
    for octets in range(2, 5):
        assert store.write(storm(octets), [], NOW + timedelta(seconds=octets)).stays == []
    due = store.rest_due_at
    assert due is not None
    assert store.rest().stays == []
    time.sleep(max(0.0, due - time.monotonic()))
    assert [stay.octets for _, stay in store.rest().stays] == [4] * MANY
    assert store.rest_due_at is None
    assert store.rest().stays == []


def test_a_transaction_after_the_storm_tells_what_was_gathered(places: Database, store: Store) -> None:
    store.write(storm(1)[:1], [], NOW)
    store.write(storm(2), [], NOW)
    told = store.write(storm(3)[:1], [], NOW + timedelta(seconds=1)).stays
    assert sorted(stay.octets for _, stay in told) == [2] * (MANY - 1) + [3]


def test_what_was_not_committed_is_not_told(places: Database, store: Store) -> None:
    store.write(storm(1)[:1], [], NOW)
    with places.write() as db:
        db.execute(text("ALTER TABLE sessions RENAME TO elsewhere"))
    with pytest.raises(Exception, match="sessions"):
        store.write(storm(2), [], NOW)
    time.sleep(EVERY_SECONDS)
    assert store.rest().stays == []


def test_what_others_write_while_the_connection_was_lost_between_two_transactions_is_seen(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite counts the commits of others anew for each connection: another one may begin at the same number."""
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault)
    due = threading.Event()
    store = Store(sqlite_database, "spool", due)
    store.write([report(1)], [], NOW)
    due.set()
    with monkeypatch.context() as patched:
        patched.setattr(connection, "CHECKPOINT", "no statement")
        with pytest.raises(sqlite3.OperationalError):
            store.rest()
    with sqlite_database.write() as db:
        db.execute(update(Session).values(stopped_at=NOW + timedelta(hours=1), terminate_cause="Stale"))
    store.write(
        [replace(report(1), status=Status.START, at=NOW + timedelta(hours=2))], [], NOW + timedelta(hours=2)
    )
    with sqlite_database.read() as db:
        assert len(db.scalars(select(Session)).all()) == 2, "a name that is used again after its session has ended"
    store.close()
