"""The journal of SQLite stays small under load, without a commit that waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotspots.database import Database
from hotspots.recorder import checkpoints
from hotspots.recorder.store import Store
from tests.hotspots.places import add_network
from tests.hotspots.recorder.records import report
from tests.radius.running import eventually

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def journal_octets(database: Database) -> int:
    return Path(f"{database.engine.url.database}-wal").stat().st_size


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
        write_on(store, range(300))
        kept = journal_octets(sqlite_database)
        store.close()
    unkept = Store(sqlite_database, "spool")
    write_on(unkept, range(300, 600))
    assert kept < journal_octets(sqlite_database) / 2
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
