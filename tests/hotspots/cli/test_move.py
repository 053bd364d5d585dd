"""`hotspots database move`, called as people call it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from benchmarks.postgresql import Cluster
from hotspots.database import Database
from hotspots.storage import migrate
from tests.hotspots.cli.test_main import hotspots
from tests.hotspots.everything import ROWS, fill_every_table


@pytest.fixture
def source(sqlite_database: Database) -> str:
    fill_every_table(sqlite_database)
    sqlite_database.close()
    return str(sqlite_database.engine.url)


def test_there_with_a_table_for_people_and_back_with_json(source: str, cluster: Cluster, tmp_path: Path) -> None:
    cluster.create("moved_by_command")
    there = f"postgresql://{cluster.user}@127.0.0.1:{cluster.port}/moved_by_command"
    words = {"PGPASSWORD": cluster.password, "HOTSPOTS_DATA_DIR": str(tmp_path)}

    first = hotspots("database", "move", source, there, cwd=tmp_path, **words)
    second = hotspots("database", "move", there, "sqlite:///back.db", "--json", cwd=tmp_path, **words)

    assert first.returncode == 0, first.stderr
    assert "Equal on both sides" in first.stdout
    assert f"to postgresql+psycopg://{cluster.user}@127.0.0.1:{cluster.port}/moved_by_command" in first.stdout
    assert first.stderr == ""
    moved = json.loads(second.stdout)
    assert moved["revision"] == migrate.head()
    assert moved["tables"]["sessions"]["rows"] == ROWS
    assert stat.S_IMODE((tmp_path / "back.db").stat().st_mode) == 0o640


def test_a_password_in_an_address_is_never_shown(source: str, tmp_path: Path) -> None:
    for target in ("postgresql://u:hunter2@127.0.0.1:1/x", "mysql://u:hunter2@127.0.0.1/x", "u:hunter2@host"):
        result = hotspots("database", "move", source, target, cwd=tmp_path)

        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert "hunter2" not in result.stderr + result.stdout


def test_a_refused_move_makes_no_folder(source: str, tmp_path: Path) -> None:
    result = hotspots("database", "move", source, source, cwd=tmp_path)

    assert result.returncode == 1
    assert "is both source and target" in result.stderr
    assert not (tmp_path / "var").exists()


def test_it_explains_itself_with_an_example(tmp_path: Path) -> None:
    result = hotspots("database", "move", "--help", cwd=tmp_path)

    assert "Example: hotspots database move sqlite:////var/lib/hotspots/hotspots.db" in result.stdout
