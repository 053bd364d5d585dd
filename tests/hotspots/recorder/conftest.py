"""A database with one access point, and a spool beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.database import Database
from hotspots.recorder.backlog import Backlog, spool_name
from hotspots.recorder.store import Store
from tests.hotspots.places import add_network


@pytest.fixture
def places(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def store(places: Database, folder: Path) -> Iterator[Store]:
    store = Store(places, spool_name(folder))
    yield store
    store.close()


@pytest.fixture
def backlog(folder: Path) -> Backlog:
    return Backlog(folder)
