"""An installation with rows in every table, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.database import Database
from hotspots.settings import Settings
from tests.hotspots.everything import fill_every_table


@pytest.fixture
def full(database: Database) -> Database:
    fill_every_table(database)
    return database


@pytest.fixture
def settings(
    database: Database, tmp_path: Path, secret_key: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Those of the database, with everything else in the folder of the test."""
    for name in [name for name in os.environ if name.startswith("HOTSPOTS_")]:
        monkeypatch.delenv(name)
    return Settings(data_dir=tmp_path, database_url=database.engine.url, secret_key=secret_key, backup_keep=2)
