"""Fixtures of the tests with programs that others wrote."""

from __future__ import annotations

import pytest

from hotspots.database import Database


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite: which database is behind us makes no difference to a peer."""
    return sqlite_database
