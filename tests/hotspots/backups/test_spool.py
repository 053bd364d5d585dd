"""What waits in the spool when a database is restored: each record is applied once to what is there then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hotspots.backups.restoring import restore
from hotspots.backups.taking import take
from hotspots.database import Database
from hotspots.recorder.backlog import Backlog, spool_name
from hotspots.recorder.store import Store
from hotspots.settings import Settings
from tests.hotspots.places import NOW, add_network
from tests.hotspots.recorder.records import message, once, written

LATER = NOW + timedelta(hours=1)
THREE_BATCHES = 60


def apply_some(database: Database, spool: Path, times: int) -> None:
    """As a recorder does after its start."""
    store, backlog = Store(database, spool_name(spool)), Backlog(spool)
    for _ in range(times):
        backlog.apply(store, THREE_BATCHES)
    store.close()
    database.close()


def test_nothing_is_lost_and_nothing_counted_twice(database: Database, settings: Settings, tmp_path: Path) -> None:
    spool = settings.data_dir / "spool"
    with database.write() as db:
        add_network(db, database.vault)
    Backlog(spool).append([message(number) for number in range(1, 11)])
    apply_some(database, spool, 1)
    saved = take(database.engine, settings, tmp_path / "saved.db", NOW)
    apply_some(database, spool, 1)  # what comes now is not in the backup
    assert written(database) == once(range(1, 7))
    database.close()

    restore(saved.path, settings, LATER)

    assert written(database) == once(range(1, 4))
    apply_some(database, spool, 4)
    assert written(database) == once(range(1, 11))
    assert Backlog(spool).empty


def test_a_restore_that_is_taken_back_finds_the_spool_in_order(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"database_url": sqlite_database.engine.url})
    spool = settings.data_dir / "spool"
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault)
    saved = take(sqlite_database.engine, settings, tmp_path / "saved.db", NOW)
    Backlog(spool).append([message(1)])
    apply_some(sqlite_database, spool, 1)

    restored = restore(saved.path, settings, LATER)
    Backlog(spool).append([message(2)])  # the database is away once more
    assert isinstance(restored.aside, Path)
    restored.aside.replace(str(sqlite_database.engine.url.database))

    apply_some(sqlite_database, spool, 1)
    assert written(sqlite_database) == once(range(1, 3))
