"""`hotspots backup` and `hotspots restore`, called as people call them."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, func, select
from sqlalchemy.engine import make_url

from hotspots import keys
from hotspots.database import Database
from hotspots.models import Authority, UsedTicket
from hotspots.storage import migrate
from hotspots.vault import Vault
from tests.hotspots.cli.test_main import ROOT, hotspots
from tests.hotspots.everything import ROWS, fill_every_table

KEY = "a key of the tests, long enough to be taken"


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A folder as `hotspots run` leaves it: the database, and the secret key beside it."""
    (tmp_path / "var").mkdir(mode=0o750)
    (tmp_path / "var/secret_key").write_text(KEY)
    database = opened(tmp_path)
    migrate.upgrade(database.engine)
    fill_every_table(database)
    database.close()
    (tmp_path / "var/hotspots.db").chmod(0o640)
    return tmp_path


def opened(folder: Path) -> Database:
    vault = Vault(keys.derive(SecretStr(KEY), keys.SECRETS_AT_REST))
    return Database(make_url(f"sqlite:///{folder}/var/hotspots.db"), vault)


def tickets(folder: Path) -> int:
    database = opened(folder)
    with database.read() as db:
        number = db.scalar(select(func.count()).select_from(UsedTicket)) or 0
    database.close()
    return number


def lose_the_tickets(folder: Path) -> None:
    database = opened(folder)
    with database.write() as db:
        db.execute(delete(UsedTicket))
    database.close()


def test_saved_lost_and_brought_back(installation: Path) -> None:
    saved = hotspots("backup", cwd=installation)
    (path,) = (installation / "var/backups").iterdir()
    lose_the_tickets(installation)

    restored = hotspots("restore", str(path), cwd=installation)

    assert saved.returncode == 0, saved.stderr
    assert f"path    {path}\n" in saved.stdout
    assert "It does not hold the secret key" in saved.stdout
    assert restored.returncode == 0, restored.stderr
    assert "Next: start hotspots, and run hotspots doctor." in restored.stdout
    (aside,) = (installation / "var").glob("hotspots.db.before-restore-*")
    assert f"The database that was there before is {aside}; remove it when all is well." in restored.stdout
    assert tickets(installation) == ROWS
    assert stat.S_IMODE((installation / "var/hotspots.db").stat().st_mode) == 0o640
    assert saved.stderr + restored.stderr == ""


def test_with_json_for_programs(installation: Path) -> None:
    saved = hotspots("backup", "--to", "saved.db", "--json", cwd=installation)
    checked = hotspots("restore", "saved.db", "--check", "--json", cwd=installation)
    restored = hotspots("restore", "saved.db", "--json", cwd=installation)

    record = json.loads(saved.stdout)
    assert record["path"] == str(installation / "saved.db")
    assert record["octets"] == (installation / "saved.db").stat().st_size
    assert record["rows"]["used_tickets"] == ROWS
    assert json.loads(checked.stdout)["made_at"] == record["made_at"]
    assert json.loads(checked.stdout).keys() == {"made_at", "program", "revision", "source", "rows", "settings"}
    assert Path(json.loads(restored.stdout)["aside"]).is_file()


def test_a_check_needs_no_stop_and_changes_nothing(installation: Path) -> None:
    hotspots("backup", "--to", "saved.db", cwd=installation)
    lose_the_tickets(installation)
    database = opened(installation)
    with database.read() as db:
        db.scalars(select(Authority.id)).first()
        result = hotspots("restore", "saved.db", "--check", cwd=installation)
    database.close()

    assert result.returncode == 0, result.stderr
    assert tickets(installation) == 0


def test_without_the_secret_key_neither_is_begun_and_none_is_made(installation: Path) -> None:
    hotspots("backup", "--to", "saved.db", cwd=installation)
    (installation / "var/secret_key").unlink()

    for words in (("backup",), ("restore", "saved.db")):
        result = hotspots(*words, cwd=installation)
        assert result.returncode == 1
        assert f"there is no secret key in {installation}/var. Put back the file secret_key" in result.stderr

    assert not (installation / "var/secret_key").exists()


def test_a_lost_key_costs_the_sealed_secrets_only(installation: Path) -> None:
    hotspots("backup", "--to", "saved.db", cwd=installation)
    (installation / "var/secret_key").write_text("another key, that is long enough to be taken as one")

    refused = hotspots("restore", "saved.db", cwd=installation)
    restored = hotspots("restore", "saved.db", "--other-key", cwd=installation)

    assert "sealed under another secret key" in refused.stderr
    assert restored.returncode == 0, restored.stderr
    assert "Enter the secrets of the access points again" in restored.stdout


def test_refusals_are_one_line_and_change_nothing(installation: Path) -> None:
    hotspots("backup", "--to", "saved.db", cwd=installation)
    before = (installation / "var/hotspots.db").read_bytes()
    (installation / "letter").write_text("Szanowni Państwo, " * 1000)

    for words, said in (
        (("backup", "--to", "saved.db"), "saved.db exists already. A backup never overwrites"),
        (("backup", "--to", "missing/saved.db"), "cannot be made: No such file or directory"),
        (("restore", "letter"), "file is not a database"),
        (("restore", "missing"), "there is no backup at"),
        (("restore", "var/hotspots.db"), "is a database, but no backup of hotspots"),
    ):
        result = hotspots(*words, cwd=installation)
        assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr
        assert said in result.stderr

    assert (installation / "var/hotspots.db").read_bytes() == before


def test_the_newest_are_kept_by_setting(installation: Path) -> None:
    folder = installation / "elsewhere"
    folder.mkdir()
    settings = {"HOTSPOTS_BACKUP_DIR": str(folder), "HOTSPOTS_BACKUP_KEEP": "1"}
    first = json.loads(hotspots("backup", "--json", cwd=installation, **settings).stdout)
    time.sleep(1.1)  # a name tells the second

    second = json.loads(hotspots("backup", "--json", cwd=installation, **settings).stdout)

    assert [str(path) for path in folder.iterdir()] == [second["path"]]
    assert (first["removed"], second["removed"]) == ([], [first["path"]])


def test_a_database_that_is_not_upgraded_yet_is_saved_before_it_is(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o750)
    (tmp_path / "var/secret_key").write_text(KEY)
    database = opened(tmp_path)
    with database.engine.begin() as connection:
        migrate.upgrade_within(connection, "0002b")
    database.close()

    saved = hotspots("backup", "--to", "saved.db", "--json", cwd=tmp_path)
    hotspots("database", "upgrade", cwd=tmp_path)
    checked = hotspots("restore", "saved.db", "--check", "--json", cwd=tmp_path)

    assert json.loads(saved.stdout)["revision"] == "0002b"
    assert json.loads(checked.stdout)["revision"] == "0002b"


def test_who_looks_sees_how_far_it_is(installation: Path) -> None:
    controller, terminal = pty.openpty()
    line = [sys.executable, "-m", "hotspots", "backup", "--to", "saved.db", "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        line, cwd=installation, env=environment, stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = b"".join(iter(lambda: read(controller), b""))
        assert process.stdout is not None
        printed = process.stdout.read()
    os.close(controller)

    assert process.returncode == 0
    assert json.loads(printed)["path"] == str(installation / "saved.db")
    for words in (b"copying sessions", b"comparing sessions", b"verifying", b"100%"):
        assert words in shown


def read(controller: int) -> bytes:
    try:
        return os.read(controller, 65536)
    except OSError:  # EIO: the other side is closed (pty(7))
        return b""


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_each_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    result = hotspots(command, "--help", cwd=tmp_path)

    assert result.returncode == 0
    assert f"Example: hotspots {command}" in result.stdout
