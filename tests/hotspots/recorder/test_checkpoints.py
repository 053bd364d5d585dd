"""The journal of SQLite stays small under load, without a commit that waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from hotspots.database import Database
from hotspots.recorder import checkpoints
from hotspots.recorder.store import Store
from tests.hotspots.places import add_network
from tests.hotspots.recorder.records import report
from tests.radius.running import eventually

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def beginnings(database: Database) -> int:
    """How often the journal has begun anew (SQLite, "WAL File Format", the checkpoint sequence number)."""
    with Path(f"{database.engine.url.database}-wal").open("rb") as journal:
        return int.from_bytes(journal.read(16)[12:])


def write_on(store: Store, batches: range) -> None:
    for batch in batches:
        store.write([report(batch * 20 + each) for each in range(20)], [], NOW)
        store.rest()


def test_the_journal_begins_anew_while_the_recorder_writes(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault)
    monkeypatch.setattr(checkpoints, "PAGES", 50)
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.02)
    with checkpoints.in_background(sqlite_database) as due:
        store = Store(sqlite_database, "spool", due)
        batches = (range(start, start + 10) for start in count(step=10))
        write_on(store, next(batches))
        before = beginnings(sqlite_database)

        def has_begun_anew() -> bool:
            write_on(store, next(batches))
            return beginnings(sqlite_database) > before

        eventually(has_begun_anew, within_seconds=60)
        store.close()
    unkept = Store(sqlite_database, "spool")
    write_on(unkept, next(batches))
    before = beginnings(sqlite_database)
    write_on(unkept, next(batches))
    assert beginnings(sqlite_database) == before
    unkept.close()


def test_a_database_that_is_away_is_looked_for_again(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(checkpoints, "_LOOK_AGAIN_SECONDS", 0.001)
    path = Path(str(sqlite_database.engine.url.database))
    sqlite_database.close()
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    with checkpoints.in_background(sqlite_database):
        eventually(lambda: "is not copied" in caplog.text)
        path.rmdir()
        path.with_suffix(".away").rename(path)
        eventually(lambda: sqlite_database.engine.pool.checkedout() == 1)  # type: ignore[attr-defined] # a QueuePool has it
