"""Migrations on a database that others use."""

from __future__ import annotations

import psycopg
import pytest
from alembic import command
from sqlalchemy import event, text

from hotspots.database import Database, make_engine
from hotspots.errors import HotspotsError
from hotspots.storage import migrate


def revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return migrate.current(connection)


def downgrade(database: Database, to: str) -> None:
    with database.engine.connect() as connection:
        command.downgrade(migrate._config(connection), to)
        connection.commit()


def test_a_table_that_others_hold_is_not_waited_for_without_end(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)
    downgrade(postgresql_database, "0003")
    with postgresql_database.write() as reader:
        reader.execute(text("SELECT * FROM sessions"))
        with pytest.raises(HotspotsError, match=r"in use.*lock timeout"):
            migrate.upgrade(postgresql_database.engine)
    assert revision(postgresql_database) == "0003"
    assert migrate.upgrade(postgresql_database.engine) == ("0003", migrate.head())


def test_every_migration_goes_back_and_forth(database: Database) -> None:
    downgrade(database, "base")
    assert revision(database) is None
    assert migrate.upgrade(database.engine) == (None, migrate.head())


def test_a_server_that_recovers_is_waited_for(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrate, "_RETRY_SECONDS", 0.01)
    refusals = iter(["FATAL: the database system is in recovery mode"] * 3)

    @event.listens_for(postgresql_database.engine, "do_connect")
    def recovering(*_: object) -> None:
        for words in refusals:
            raise psycopg.OperationalError(words)

    migrate.check_once_it_answers(postgresql_database.engine)

    assert list(refusals) == []
    assert caplog.text.count("in recovery mode") == 1, "it is said at once, and then not at every try"


def test_a_server_that_does_not_answer_in_time_is_named_without_its_password(postgresql_database: Database) -> None:
    url = postgresql_database.engine.url.set(port=1)
    engine = make_engine(url)
    with pytest.raises(HotspotsError, match="the database does not answer") as raised:
        migrate.wait_until_it_answers(engine, at_most_seconds=0)
    assert url.password is not None
    assert str(url.password) not in str(raised.value)
