"""Backups that are taken while others write, and what stands in their way."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text

from hotspots.backups import file, folder, taking
from hotspots.backups.taking import take, take_into_folder
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import UsageHour, UsedTicket
from hotspots.settings import Settings
from hotspots.storage import migrate, transfer
from tests.hotspots.places import NOW

ROOT = Path(__file__).parents[3]


def contents_of(path: Path) -> dict[str, transfer.Content]:
    engine = file.make_engine(path)
    try:
        with engine.connect() as connection:
            return transfer.contents(connection)
    finally:
        engine.dispose()


def test_every_row_is_in_it_and_it_is_for_its_owner_only(
    full: Database, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "saved.db"

    taken = take(full.engine, settings, path, NOW)

    with full.engine.connect() as connection:
        contents = transfer.contents(connection)
    assert contents_of(path) == contents
    assert taken.facts.rows == {name: content.rows for name, content in contents.items()}
    assert (taken.facts.made_at, taken.facts.revision) == (NOW, migrate.head())
    assert (taken.path, taken.octets) == (path, path.stat().st_size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert file.verify(path) == taken.facts
    assert not list(tmp_path.glob(".*partial*"))


def test_neither_the_secret_key_nor_the_password_of_the_database_is_in_it(
    full: Database, settings: Settings, tmp_path: Path
) -> None:
    take(full.engine, settings, tmp_path / "saved.db", NOW)

    saved = (tmp_path / "saved.db").read_bytes()
    password = full.engine.url.password
    assert settings.secret_key.get_secret_value().encode() not in saved
    assert password is None or str(password).encode() not in saved
    assert b"radius secret" not in saved
    assert b"backup_keep" in saved


def test_what_was_deleted_is_not_in_it(full: Database, settings: Settings, tmp_path: Path) -> None:
    with full.write() as db:
        db.execute(insert(UsedTicket).values(nonce="somebody who was erased", expires_at=NOW))
    with full.write() as db:
        db.execute(text("DELETE FROM used_tickets WHERE nonce LIKE 'somebody%'"))

    take(full.engine, settings, tmp_path / "saved.db", NOW)

    assert b"somebody who was erased" not in (tmp_path / "saved.db").read_bytes()


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """Another process writes all the time."""
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hotspots.backups.writer", url],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == b"writing\n"
        try:
            yield
        finally:
            process.kill()
            process.wait()


def tickets(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(UsedTicket)) or 0


def test_it_is_of_one_moment_while_another_process_writes(
    full: Database, settings: Settings, tmp_path: Path
) -> None:
    after_it_began: list[int] = []

    def note(what: str, _done: int, _total: int) -> None:
        if what == "copying authorities":  # the first table; what is written from here on is not in it
            after_it_began.append(tickets(full.engine))
            while tickets(full.engine) < after_it_began[-1] + 5:
                time.sleep(0.01)

    with writing(full):
        for number in range(3):
            take(full.engine, settings, tmp_path / f"{number}.db", NOW, note)

    for number in range(3):
        engine = file.make_engine(tmp_path / f"{number}.db")
        with engine.connect() as connection:
            counted = set(connection.scalars(select(UsageHour.sessions_started)))
        assert counted == {tickets(engine)}
        assert tickets(engine) <= after_it_began[number]
        engine.dispose()
    assert tickets(full.engine) >= after_it_began[-1] + 5


def test_a_file_that_is_there_is_never_overwritten(full: Database, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Szanowni Państwo")

    with pytest.raises(HotspotsError, match=r"letter exists already. A backup never overwrites"):
        take(full.engine, settings, tmp_path / "letter", NOW)

    assert (tmp_path / "letter").read_text() == "Szanowni Państwo"


def test_a_folder_that_is_not_there_is_named(full: Database, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(HotspotsError, match="cannot be made: No such file or directory"):
        take(full.engine, settings, tmp_path / "usb" / "saved.db", NOW)


def test_two_at_once_with_the_same_name(full: Database, settings: Settings, tmp_path: Path) -> None:
    folder.partial(tmp_path / "saved.db").touch()

    with pytest.raises(HotspotsError, match="a backup is being written, or was interrupted"):
        take(full.engine, settings, tmp_path / "saved.db", NOW)

    assert folder.partial(tmp_path / "saved.db").exists()


def test_it_ends_before_the_disk_is_full(
    full: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LEAST_FREE_OCTETS", 10**18)

    with pytest.raises(
        HotspotsError, match=r"MB are free in .* set HOTSPOTS_BACKUP_DIR to a folder on another disk"
    ):
        take(full.engine, settings, tmp_path / "saved.db", NOW)

    assert not list(tmp_path.glob("*saved*"))


@pytest.mark.parametrize("octets", [0, 100_000, 190_000])
def test_a_disk_that_takes_no_more_leaves_nothing_behind(
    full: Database, settings: Settings, tmp_path: Path, octets: int
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOTS_")}
    with full.engine.connect():  # its shared memory is there, as where hotspots runs
        done = subprocess.run(
            [sys.executable, "-m", "hotspots", "backup", "--to", str(tmp_path / "saved.db")],
            env=environment | {
                "PYTHONPATH": str(ROOT),
                "HOTSPOTS_DATA_DIR": str(tmp_path),
                "HOTSPOTS_DATABASE_URL": full.engine.url.render_as_string(hide_password=False),
                "HOTSPOTS_SECRET_KEY": settings.secret_key.get_secret_value(),
            },
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets)),
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "disk" in done.stderr
    assert not list(tmp_path.glob("*saved*"))


def test_a_database_of_a_newer_version_is_refused(full: Database, settings: Settings, tmp_path: Path) -> None:
    with full.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(HotspotsError, match="is at revision 9999, which this version of hotspots does not know"):
        take(full.engine, settings, tmp_path / "saved.db", NOW)

    assert not list(tmp_path.glob("*saved*"))


def test_the_newest_are_kept_and_other_files_stay(full: Database, settings: Settings) -> None:
    first = take_into_folder(full.engine, settings, NOW - timedelta(days=1))
    assert stat.S_IMODE(settings.backup_dir.stat().st_mode) == 0o700
    first.path.rename(settings.backup_dir / "hotspots-before-the-update.db")

    taken = [take_into_folder(full.engine, settings, NOW + timedelta(days=day)) for day in range(4)]

    assert [each.path.name for each in taken[2:]] == [
        "hotspots-20260304T120000Z.db",
        "hotspots-20260305T120000Z.db",
    ]
    assert [each.removed for each in taken] == [(), (), (taken[0].path,), (taken[1].path,)]
    assert {path.name for path in settings.backup_dir.iterdir()} == {
        "hotspots-before-the-update.db", taken[2].path.name, taken[3].path.name,
    }  # fmt: skip
