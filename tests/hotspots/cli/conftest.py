"""What tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.database import Database
from tests.hotspots.places import add_network


@pytest.fixture
def network(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database that commands find from the folder where they are called, with a small network in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", "a key of the tests, long enough to be taken")
    with database.write() as db:
        add_network(db, database.vault)
    return database
