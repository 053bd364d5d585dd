"""Moving between SQLite and a real PostgreSQL, with everything that may stand in the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.engine import URL, make_url

from benchmarks.postgresql import Cluster
from hotspots.database import Database, make_engine
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AuditEntry, Change, Session, SpoolPosition
from hotspots.recorder import backlog, local_socket
from hotspots.storage import migrate, transfer
from hotspots.storage.alone import alone_in
from hotspots.storage.database_url import parse
from hotspots.storage.move import move
from hotspots.storage.spool import Position, Spool
from hotspots.vault import Vault
from tests.hotspots.everything import ROWS, fill_every_table
from tests.hotspots.places import NOW, add_network

NUMBERS = count(1)


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[URL]:
    """A PostgreSQL database with nothing in it."""
    name = f"move_{next(NUMBERS)}"
    yield parse(cluster.create(name))
    cluster.drop(name)


@pytest.fixture
def source(sqlite_database: Database) -> Database:
    """An SQLite database with rows in every table, which nobody has open."""
    fill_every_table(sqlite_database)
    sqlite_database.close()
    return sqlite_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def url_of(database: Database) -> URL:
    return database.engine.url


def rows_in(url: URL) -> dict[str, int]:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return transfer.counts(connection) if migrate.current(connection) else {}
    finally:
        engine.dispose()


def refusal(source: URL, target: URL, folder: Path) -> str:
    with pytest.raises(HotspotsError) as caught:
        move(source, target, data_dir=folder)
    return str(caught.value)


def test_there_and_back_again_everything_is_equal(source: Database, empty_url: URL, folder: Path) -> None:
    back = make_url(f"sqlite:///{folder / 'back.db'}")

    there = move(url_of(source), empty_url, data_dir=folder)
    here = move(empty_url, back, data_dir=folder)

    assert there == here
    assert there.revision == migrate.head()
    assert set(there.tables) == {table.name for table in transfer.tables()}
    assert all(content.rows for content in there.tables.values())
    assert rows_in(url_of(source)) == rows_in(empty_url) == rows_in(back)


def test_moved_secrets_open_under_the_same_key(source: Database, empty_url: URL, folder: Path) -> None:
    move(url_of(source), empty_url, data_dir=folder)

    moved = Database(empty_url, source.vault)
    with moved.read() as db:
        (access_point,) = db.scalars(select(AccessPoint)).all()
        assert moved.vault.open(access_point.sealed_secret).get_secret_value() == "radius secret"
        with pytest.raises(HotspotsError, match="another SECRET_KEY"):
            Vault(b"k" * 32).open(access_point.sealed_secret)
    moved.close()


@pytest.mark.parametrize("way", ["sqlite to postgresql", "postgresql to sqlite", "postgresql to postgresql"])
def test_numbers_go_on_behind_the_last_one_given_also_where_its_row_is_gone(
    way: str, source: Database, empty_url: URL, cluster: Cluster, folder: Path
) -> None:
    first, second = url_of(source), empty_url
    if way != "sqlite to postgresql":
        move(first, second, data_dir=folder)
        first, second = second, make_url(f"sqlite:///{folder / 'second.db'}")
    if way == "postgresql to postgresql":
        second = parse(cluster.create(f"move_{next(NUMBERS)}"))
    database = Database(first, source.vault)
    with database.write() as db:
        db.delete(db.get_one(Change, ROWS))
    database.close()

    move(first, second, data_dir=folder)

    moved = Database(second, source.vault)
    with moved.write() as db:
        notice = Change(topic="plans", key="1", at=NOW)
        entry = AuditEntry(at=NOW, actor="a", action="b", subject="c", detail={}, digest="d")
        db.add_all([notice, entry])
        db.flush()
        assert (notice.id, entry.id) == (ROWS + 1, ROWS + 1)
    moved.close()


def test_a_database_that_is_not_empty_is_refused_and_stays(
    source: Database, empty_url: URL, folder: Path, secret_key: SecretStr
) -> None:
    move(url_of(source), empty_url, data_dir=folder)
    before = rows_in(empty_url)

    assert "is not empty: there are rows in " in refusal(url_of(source), empty_url, folder)
    assert rows_in(empty_url) == before


def test_a_database_with_tables_of_others_is_refused(source: Database, empty_url: URL, folder: Path) -> None:
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id int)"))
    engine.dispose()

    assert "holds tables that are not ours" in refusal(url_of(source), empty_url, folder)


def test_a_database_of_an_older_version_is_refused(source: Database, empty_url: URL, folder: Path) -> None:
    with source.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    source.close()

    assert "is at revision 0001, not " in refusal(url_of(source), empty_url, folder)
    assert rows_in(empty_url) == {}


def test_a_file_that_is_missing_is_not_made(empty_url: URL, folder: Path) -> None:
    missing = folder / "missing.db"

    assert f"there is no database at {missing}" in refusal(make_url(f"sqlite:///{missing}"), empty_url, folder)
    assert not missing.exists()


def test_a_file_that_is_no_database_is_refused(empty_url: URL, folder: Path) -> None:
    (folder / "letter.db").write_text("Szanowni Państwo, " * 100)

    assert "file is not a database" in refusal(make_url(f"sqlite:///{folder / 'letter.db'}"), empty_url, folder)
    assert (folder / "letter.db").read_text().startswith("Szanowni")


def test_a_database_that_does_not_answer_is_named_without_its_password(source: Database, folder: Path) -> None:
    nowhere = parse("postgresql://u:hunter2@127.0.0.1:1/hotspots")

    said = refusal(url_of(source), nowhere, folder)

    assert "refused" in said
    assert "hunter2" not in said


def test_the_same_database_twice_is_refused(source: Database, folder: Path) -> None:
    assert "is both source and target" in refusal(url_of(source), url_of(source), folder)


def test_nothing_may_have_the_file_open(source: Database, empty_url: URL, folder: Path) -> None:
    with source.read() as db:
        db.scalars(select(Session.id)).first()
        said = refusal(url_of(source), empty_url, folder)
    assert said.startswith(f"somebody works with {url_of(source).database}. Stop all processes")


def test_nothing_may_be_connected_to_postgresql(source: Database, empty_url: URL, folder: Path) -> None:
    portal = make_engine(empty_url)
    with portal.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert "others are connected to " in refusal(url_of(source), empty_url, folder)
    portal.dispose()


def test_who_connects_meanwhile_is_noticed_at_the_end(source: Database, empty_url: URL, folder: Path) -> None:
    move(url_of(source), empty_url, data_dir=folder)
    portal = make_engine(empty_url)

    def connect(what: str, _done: int, _total: int) -> None:
        if what == "comparing sessions":
            with portal.connect():  # its pool keeps it
                pass

    with pytest.raises(HotspotsError, match="others are connected to "):
        move(empty_url, make_url(f"sqlite:///{folder / 'back.db'}"), data_dir=folder, progress=connect)

    portal.dispose()
    assert not any(rows_in(make_url(f"sqlite:///{folder / 'back.db'}")).values())


def test_nothing_may_run_in_the_folder(source: Database, empty_url: URL, folder: Path) -> None:
    with alone_in(folder):
        assert "another hotspots run works in " in refusal(url_of(source), empty_url, folder)
    with local_socket.listen(folder / local_socket.NAME):
        assert "a recorder works in " in refusal(url_of(source), empty_url, folder)

    move(url_of(source), empty_url, data_dir=folder)


def test_answered_accounting_that_waits_is_not_left_behind(source: Database, empty_url: URL, folder: Path) -> None:
    with alone_in(folder):
        spool = Spool(folder / backlog.FOLDER)
        spool.append([b"a record", b"another one"])
        behind = [record.behind for record in spool.waiting()]
        spool.close()

    assert "answered accounting waits in " in refusal(url_of(source), empty_url, folder)
    assert len(list(Spool(folder / backlog.FOLDER).waiting())) == 2

    applied_up_to(source, behind[0], folder)
    assert "answered accounting waits in " in refusal(url_of(source), empty_url, folder)

    applied_up_to(source, behind[1], folder)
    move(url_of(source), empty_url, data_dir=folder)


def applied_up_to(source: Database, position: Position, folder: Path) -> None:
    name = backlog.spool_name(folder / backlog.FOLDER)
    row = SpoolPosition(spool=name, segment=position.segment, octets=position.offset)
    with source.write() as db:
        db.merge(row)
    source.close()


def test_what_postgresql_does_not_take_is_named_and_nothing_is_left(
    sqlite_database: Database, empty_url: URL, folder: Path
) -> None:
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault)
    with sqlite_database.engine.begin() as connection:
        connection.execute(text("UPDATE service_plans SET session_seconds = 3000000000"))
    sqlite_database.close()

    said = refusal(url_of(sqlite_database), empty_url, folder)

    assert said.startswith("copying service_plans failed after 0 rows in the order of its key: ")
    assert "out of range for type integer" in said
    assert not any(rows_in(empty_url).values())


def test_a_value_that_comes_out_changed_is_noticed_and_taken_back(
    source: Database, empty_url: URL, folder: Path
) -> None:
    engine = make_engine(empty_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN NEW.octets_up := NEW.octets_up - 1; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER lose BEFORE INSERT ON usage_hours FOR EACH ROW EXECUTE FUNCTION lose()")
        )
    engine.dispose()

    assert "the copy differs from its source in usage_hours" in refusal(url_of(source), empty_url, folder)
    assert not any(rows_in(empty_url).values())


def test_progress_ends_at_the_last_row_of_each_table(source: Database, empty_url: URL, folder: Path) -> None:
    last: dict[str, tuple[int, int]] = {}

    def note(what: str, done: int, total: int) -> None:
        last[what] = done, total

    moved = move(url_of(source), empty_url, data_dir=folder, progress=note)

    assert last == {
        f"{doing} {name}": (content.rows, content.rows)
        for name, content in moved.tables.items()
        for doing in ("copying", "comparing")
    }


def test_the_source_keeps_its_rows_and_its_file_alone(source: Database, empty_url: URL, folder: Path) -> None:
    before = rows_in(url_of(source))

    move(url_of(source), empty_url, data_dir=folder)

    assert rows_in(url_of(source)) == before
    with sqlite3.connect(str(url_of(source).database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
