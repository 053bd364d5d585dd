"""What commands say where the database is not as they need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hotspots.cli.test_main import hotspots


@pytest.mark.parametrize("words", ["ap list", "config render belzyce-urzad-1 --out out"])
def test_without_a_database_each_command_says_how_to_get_one(tmp_path: Path, words: str) -> None:
    result = hotspots(*words.split(), cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr == (
        f"hotspots: there is no database at {tmp_path}/var/hotspots.db. Set HOTSPOTS_DATA_DIR to the folder where "
        "it is; a new one is made by: hotspots database upgrade\n"
    )
    assert not (tmp_path / "var").exists()


def test_a_database_without_tables_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "hotspots.db").touch()
    result = hotspots("session", "list", "--json", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "hotspots: the database has no tables. run: hotspots database upgrade\n"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "hotspots.db").write_text("plans: []\n" * 100)
    result = hotspots("usage", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("hotspots: the database sqlite:///")
    assert "Traceback" not in result.stderr
