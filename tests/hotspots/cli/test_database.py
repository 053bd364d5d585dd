"""`hotspots database upgrade`, called as people call it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from hotspots.storage import migrate
from tests.hotspots.cli.test_main import hotspots


def test_an_empty_database_gets_its_tables_once(tmp_path: Path) -> None:
    first = hotspots("database", "upgrade", "--json", cwd=tmp_path)
    second = hotspots("database", "upgrade", "--json", cwd=tmp_path)

    assert json.loads(first.stdout) == {"revision_before": None, "revision": migrate.head()}
    assert json.loads(second.stdout) == {"revision_before": migrate.head(), "revision": migrate.head()}
    with sqlite3.connect(tmp_path / "var/hotspots.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert {"access_points", "sessions", "alembic_version"} <= tables
