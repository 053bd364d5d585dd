"""What is found out about a file before anybody relies on it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.backups import file
from hotspots.backups.taking import take
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.settings import Settings
from tests.hotspots.everything import fill_every_table
from tests.hotspots.places import NOW


@pytest.fixture
def saved(sqlite_database: Database, tmp_path: Path, secret_key: SecretStr) -> Path:
    fill_every_table(sqlite_database)
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.engine.url, secret_key=secret_key)
    return take(sqlite_database.engine, settings, tmp_path / "saved.db", NOW).path


def refusal(path: Path) -> str:
    with pytest.raises(HotspotsError) as caught:
        file.verify(path)
    return str(caught.value)


def test_one_changed_letter_in_a_row_is_found(saved: Path) -> None:
    data = saved.read_bytes()
    assert data.count("Gmina Bełżyce".encode()) == 1

    saved.write_bytes(data.replace("Gmina Bełżyce".encode(), "Gmina Bełżycf".encode()))

    assert "is damaged: its rows are not those that were saved" in refusal(saved)


def test_a_changed_fact_is_found(saved: Path) -> None:
    data = saved.read_bytes()

    saved.write_bytes(data.replace(b'"made_at":"2026', b'"made_at":"2027'))

    assert "is damaged" in refusal(saved)


def test_a_removed_row_is_found(saved: Path) -> None:
    with sqlite3.connect(saved) as connection:
        connection.execute("DELETE FROM usage_hours WHERE rowid = 1")
    connection.close()

    assert "is damaged" in refusal(saved)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_zeros_over_a_page_are_found(saved: Path, part: float) -> None:
    data = bytearray(saved.read_bytes())
    page = 4096 * int(len(data) * part / 4096)
    data[page : page + 4096] = bytes(4096)
    saved.write_bytes(data)

    assert str(saved) in refusal(saved)


@pytest.mark.parametrize("octets", [0, 100, 4096, -4096, -1])
def test_a_file_that_was_cut_off_is_found(saved: Path, octets: int) -> None:
    saved.write_bytes(saved.read_bytes()[:octets])

    assert str(saved) in refusal(saved)


def test_a_letter_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Szanowni Państwo, " * 1000)

    assert "file is not a database" in refusal(tmp_path / "letter")


def test_the_database_itself_is_no_backup(sqlite_database: Database) -> None:
    sqlite_database.close()

    assert "is a database, but no backup of hotspots" in refusal(Path(str(sqlite_database.engine.url.database)))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing").startswith(f"there is no backup at {tmp_path / 'missing'}. ")


def test_to_verify_changes_nothing(saved: Path) -> None:
    before, names = saved.read_bytes(), sorted(saved.parent.iterdir())

    file.verify(saved)

    assert saved.read_bytes() == before
    assert sorted(saved.parent.iterdir()) == names
