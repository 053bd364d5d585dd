"""Backups that come back, into SQLite and into PostgreSQL, and those that are refused."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, delete, insert, select, text
from sqlalchemy.engine import URL, make_url

from benchmarks.postgresql import Cluster
from hotspots import audit
from hotspots.backups import file
from hotspots.backups.restoring import Restored, check, restore
from hotspots.backups.taking import Taken, take
from hotspots.database import Database, make_engine
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AuditEntry, ServicePlan, Session, SessionCommand, UsedTicket
from hotspots.settings import Settings
from hotspots.storage import migrate, transfer
from hotspots.storage.alone import alone_in, refuse_others
from hotspots.storage.database_url import parse
from tests.hotspots.places import NOW

ROOT = Path(__file__).parents[3]
LATER = NOW + timedelta(hours=1)
Contents = dict[str, transfer.Content]


@pytest.fixture
def saved(full: Database, settings: Settings, tmp_path: Path) -> Taken:
    """A backup of the full database, after which all sessions were lost."""
    taken = take(full.engine, settings, tmp_path / "saved.db", NOW)
    with full.write() as db:
        db.execute(delete(SessionCommand))
        db.execute(delete(Session))
    full.close()
    return taken


def contents(url: URL) -> Contents:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return transfer.contents(connection)
    finally:
        engine.dispose()


def without_audit(found: Contents) -> Contents:
    return {name: content for name, content in found.items() if name != "audit_entries"}


def refusal(path: Path, settings: Settings, **options: Any) -> str:
    with pytest.raises(HotspotsError) as caught:
        restore(path, settings, LATER, **options)
    return str(caught.value)


def aside(restored: Restored, settings: Settings) -> Contents:
    """What is in the database that was set aside."""
    if isinstance(restored.aside, Path):
        return contents(make_url(f"sqlite:///{restored.aside}"))
    options = {"options": f"-c search_path={restored.aside}"}
    engine = create_engine(settings.database_url, connect_args=options)
    try:
        with engine.connect() as connection:
            return transfer.contents(connection)
    finally:
        engine.dispose()


def test_everything_comes_back_and_what_was_there_is_kept_aside(
    full: Database, saved: Taken, settings: Settings
) -> None:
    before = contents(settings.database_url)

    restored = restore(saved.path, settings, LATER)

    now = contents(settings.database_url)
    assert {name: content.rows for name, content in without_audit(now).items()} == {
        name: rows for name, rows in saved.facts.rows.items() if name != "audit_entries"
    }
    assert now["sessions"].rows > before["sessions"].rows == 0
    assert restored.facts == saved.facts
    assert aside(restored, settings) == before


def test_it_is_equal_to_what_was_saved(full: Database, settings: Settings, tmp_path: Path) -> None:
    before = contents(settings.database_url)
    path = take(full.engine, settings, tmp_path / "saved.db", NOW).path
    full.close()

    restore(path, settings, LATER)

    assert without_audit(contents(settings.database_url)) == without_audit(before)


def test_the_audit_log_says_so(full: Database, saved: Taken, settings: Settings) -> None:
    restore(saved.path, settings, LATER)

    with full.read() as db:
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.actor, entry.action, entry.subject) == (audit.COMMAND_LINE, "database.restore", "saved.db")
    assert entry.detail == {"made_at": "2026-03-02T12:00:00+00:00", "sha256": saved.facts.sha256}


def test_it_can_be_written_to_and_its_secrets_open(full: Database, saved: Taken, settings: Settings) -> None:
    restore(saved.path, settings, LATER)

    with full.write() as db:
        db.add(AuditEntry(at=NOW, actor="a", action="b", subject="c", detail={}, digest="d"))
        (access_point,) = db.scalars(select(AccessPoint)).all()
        assert full.vault.open(access_point.sealed_secret).get_secret_value() == "radius secret"
    with full.engine.connect() as connection:
        assert migrate.current(connection) == migrate.head()


def test_twice_and_each_state_is_kept(full: Database, saved: Taken, settings: Settings) -> None:
    first = restore(saved.path, settings, LATER)
    with full.write() as db:
        db.execute(insert(UsedTicket).values(nonce="after the first one", expires_at=NOW))
    full.close()
    between = contents(settings.database_url)

    second = restore(saved.path, settings, LATER + timedelta(seconds=1))

    assert first.aside != second.aside
    assert aside(second, settings) == between
    assert aside(first, settings)["sessions"].rows == 0
    assert without_audit(contents(settings.database_url)) == without_audit(
        contents(make_url(f"sqlite:///{saved.path}"))
    )


def test_on_a_new_machine_with_sqlite_whatever_it_was_before(
    saved: Taken, settings: Settings, tmp_path: Path
) -> None:
    machine = tmp_path / "new"
    url = make_url(f"sqlite:///{machine / 'hotspots.db'}")
    elsewhere = settings.model_copy(update={"data_dir": machine, "database_url": url})

    restored = restore(saved.path, elsewhere, LATER)

    assert restored.aside is None
    assert without_audit(contents(url)) == without_audit(contents(make_url(f"sqlite:///{saved.path}")))
    assert {path.name for path in machine.iterdir()} == {"hotspots.db", "run.lock"}
    assert stat.S_IMODE((machine / "hotspots.db").stat().st_mode) == 0o600


def test_the_backup_is_left_as_it_is(saved: Taken, settings: Settings) -> None:
    before = saved.path.read_bytes()

    restore(saved.path, settings, LATER)

    assert saved.path.read_bytes() == before


def test_a_damaged_backup_changes_nothing(saved: Taken, settings: Settings, tmp_path: Path) -> None:
    before, names = contents(settings.database_url), sorted(tmp_path.iterdir())
    data = saved.path.read_bytes()
    saved.path.write_bytes(data.replace("Gmina Bełżyce".encode(), "Gmina Bełżycf".encode()))

    said = refusal(saved.path, settings)

    assert said.startswith(f"the backup {saved.path} is damaged: its rows are not those that were saved. ")
    assert contents(settings.database_url) == before
    assert sorted(tmp_path.iterdir()) == names


def test_a_backup_under_another_key_needs_a_word(saved: Taken, settings: Settings) -> None:
    before = contents(settings.database_url)
    other = settings.model_copy(update={"secret_key": SecretStr("another key, long enough to be taken as one")})

    assert "are sealed under another secret key. Put back the secret_key file" in refusal(saved.path, other)
    assert contents(settings.database_url) == before

    restore(saved.path, other, LATER, other_key=True)
    assert contents(settings.database_url)["sessions"].rows == saved.facts.rows["sessions"]


def test_while_somebody_is_connected_nothing_happens(full: Database, saved: Taken, settings: Settings) -> None:
    before = contents(settings.database_url)
    with full.read() as db:
        db.scalars(select(Session.id)).first()
        said = refusal(saved.path, settings)

    assert "Stop all processes of hotspots first" in said
    assert contents(settings.database_url) == before


def test_while_something_runs_in_the_folder_nothing_happens(saved: Taken, settings: Settings) -> None:
    with alone_in(settings.data_dir):
        assert "another hotspots run works in" in refusal(saved.path, settings)


def test_a_database_of_an_older_version_is_saved_as_it_is_and_comes_back_upgraded(
    database: Database, settings: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    if database.engine.dialect.name == "postgresql":
        url = parse(cluster.create(f"old_{time.monotonic_ns()}"))
    else:
        url = make_url(f"sqlite:///{tmp_path / 'old.db'}")
    old = make_engine(url)
    with old.begin() as connection:
        migrate.upgrade_within(connection, "0002b")
        plan = {"id": 7, "slug": "old", "name": "Zażółć", "interim_seconds": 300, "rate_up_bps": 2**40}
        connection.execute(insert(ServicePlan.__table__).values(plan))
        connection.execute(insert(UsedTicket.__table__).values(nonce="old", expires_at=NOW))

    taken = take(old, settings, tmp_path / "saved.db", NOW)
    old.dispose()
    restore(taken.path, settings.model_copy(update={"database_url": url}), LATER)

    assert taken.facts.revision == "0002b"
    assert "accounts" not in taken.facts.rows
    with old.connect() as connection:
        assert migrate.current(connection) == migrate.head()
        assert connection.execute(select(UsedTicket.nonce, UsedTicket.expires_at)).all() == [("old", NOW)]
        found = connection.execute(select(ServicePlan.id, ServicePlan.name, ServicePlan.rate_up_bps)).all()
        assert found == [(7, "Zażółć", 2**40)]
    old.dispose()


def test_a_backup_of_a_newer_version_is_refused(saved: Taken, settings: Settings, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    engine = file.make_engine(new)
    migrate.upgrade(engine)
    engine.dispose()
    file.seal(new, msgspec.structs.replace(saved.facts, revision="9999", program="99.1"))

    assert "is of another version of hotspots (99.1, revision 9999)" in refusal(new, settings)


def test_a_check_changes_nothing(saved: Taken, settings: Settings, tmp_path: Path) -> None:
    names = sorted(tmp_path.iterdir())

    assert check(saved.path, settings) == saved.facts
    assert sorted(tmp_path.iterdir()) == names


def test_a_database_that_is_damaged_is_replaced_and_kept(
    sqlite_database: Database, settings: Settings, saved: Taken, tmp_path: Path
) -> None:
    url = sqlite_database.engine.url
    settings = settings.model_copy(update={"database_url": url})
    present = Path(str(url.database))
    sqlite_database.close()
    present.write_bytes(b"nonsense " * 1000)
    Path(f"{present}-wal").write_bytes(b"what was its log")

    restored = restore(saved.path, settings, LATER)

    assert isinstance(restored.aside, Path)
    assert restored.aside.read_bytes() == b"nonsense " * 1000
    assert Path(f"{restored.aside}-wal").read_bytes() == b"what was its log"
    assert contents(url)["sessions"].rows == saved.facts.rows["sessions"]


def test_a_log_that_is_left_of_a_lost_database_is_not_taken_for_that_of_the_new_one(
    sqlite_database: Database, settings: Settings, saved: Taken, tmp_path: Path
) -> None:
    url = sqlite_database.engine.url
    present = Path(str(url.database))
    with sqlite_database.write() as db:
        db.execute(insert(UsedTicket).values(nonce="lost", expires_at=NOW))
    log = Path(f"{present}-wal").read_bytes()
    assert b"lost" in log
    sqlite_database.close()
    present.unlink()
    Path(f"{present}-wal").write_bytes(log)

    restored = restore(saved.path, settings.model_copy(update={"database_url": url}), LATER)

    assert restored.aside is None
    assert without_audit(contents(url)) == without_audit(contents(make_url(f"sqlite:///{saved.path}")))
    assert [path.read_bytes() for path in tmp_path.glob("*.before-restore-*-wal")] == [log]


@pytest.mark.parametrize("octets", [0, 250_000])
def test_a_full_disk_changes_nothing(saved: Taken, settings: Settings, tmp_path: Path, octets: int) -> None:
    before, names = contents(settings.database_url), sorted(tmp_path.iterdir())
    assert saved.octets > 250_000

    done = subprocess.run(
        command_line(saved), env=environment(settings), check=False, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets)),
    )  # fmt: skip

    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith("hotspots: restoring failed: ")
    assert contents(settings.database_url) == before
    assert {path.name for path in tmp_path.iterdir()} - {path.name for path in names} <= {"run.lock"}


def command_line(saved: Taken) -> list[str]:
    return [sys.executable, "-m", "hotspots", "restore", str(saved.path)]


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "HOTSPOTS_DATA_DIR": str(settings.data_dir),
        "HOTSPOTS_DATABASE_URL": settings.database_url.render_as_string(hide_password=False),
        "HOTSPOTS_SECRET_KEY": settings.secret_key.get_secret_value(),
    }


def test_killed_at_any_moment_it_leaves_the_one_or_the_other(
    full: Database, saved: Taken, settings: Settings, tmp_path: Path
) -> None:
    before = without_audit(contents(settings.database_url))
    wanted = without_audit(contents(make_url(f"sqlite:///{saved.path}")))
    began = time.monotonic()
    subprocess.run(command_line(saved), env=environment(settings), check=True, capture_output=True)
    whole_seconds = time.monotonic() - began
    for part in (0.6, 0.8, 0.9, 0.95):
        with full.write() as db:
            db.execute(delete(SessionCommand))
            db.execute(delete(Session))
        full.close()
        process = subprocess.Popen(
            command_line(saved), env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(whole_seconds * part)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_nobody_is_connected(settings.database_url)
        assert without_audit(contents(settings.database_url)) in (before, wanted)

    last = subprocess.run(
        command_line(saved), env=environment(settings), check=False, capture_output=True, text=True
    )
    assert (last.returncode, last.stderr) == (0, "")
    assert without_audit(contents(settings.database_url)) == wanted
    assert not list(tmp_path.glob(".restoring*"))


def test_it_may_be_repeated_within_a_second(full: Database, saved: Taken, settings: Settings) -> None:
    full.close()
    first = restore(saved.path, settings, LATER)
    again = restore(saved.path, settings, LATER + timedelta(milliseconds=1))
    assert first.aside != again.aside


def wait_until_nobody_is_connected(url: URL) -> None:
    """PostgreSQL notices a moment later that a client was killed; until then its transaction may still end well."""
    deadline = time.monotonic() + 30
    engine = make_engine(url)
    with engine.connect() as connection:
        while connection.dialect.name == "postgresql":
            try:
                refuse_others(connection)
                break
            except HotspotsError:
                connection.rollback()
                assert time.monotonic() < deadline, "a killed client is still connected"
                time.sleep(0.05)
    engine.dispose()


def test_who_may_not_rename_the_schema_is_told_what_to_do(
    saved: Taken, settings: Settings, cluster: Cluster
) -> None:
    name = f"poor_{time.monotonic_ns()}"
    url = parse(cluster.create(name))
    engine = make_engine(url)
    with engine.begin() as connection:
        migrate.upgrade_within(connection)
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'poor'"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"))
    engine.dispose()
    poor = settings.model_copy(update={"database_url": url.set(username=name, password="poor")})

    assert "this user of PostgreSQL may not rename the schema public" in refusal(saved.path, poor)
    cluster.drop(name)


def test_an_empty_postgresql_database_is_filled(
    saved: Taken, settings: Settings, cluster: Cluster, tmp_path: Path
) -> None:
    url = parse(cluster.create(f"restored_{time.monotonic_ns()}"))
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "new", "database_url": url})

    restored = restore(saved.path, elsewhere, LATER)

    assert restored.aside is None
    assert without_audit(contents(url)) == without_audit(contents(make_url(f"sqlite:///{saved.path}")))
