"""Migrations on a database that others use."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import text

from hotspots import migrate
from hotspots.database import Database
from hotspots.errors import HotspotsError


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
