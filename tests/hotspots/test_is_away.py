"""Which errors are the database's own, so that the same rows may be taken later, and which are the rows'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from hotspots.bulk import is_away, transaction
from hotspots.database import Database, make_engine
from hotspots.models import Change, UsageHour

CHANGES, HOURS = (model.metadata.tables[model.__tablename__] for model in (Change, UsageHour))
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def write_notice(database: Database, key: str = "1") -> None:
    with transaction(database.engine) as bulk:
        bulk.insert(CHANGES, ("topic", "key", "at"), [("vouchers", key, NOW)])


def write_hour(database: Database, access_point: int) -> None:
    with transaction(database.engine) as bulk:
        bulk.insert(HOURS, ("hour", "access_point_id", "octets_up"), [(NOW, access_point, 1)])


def failure(write: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one it is is the question here
        write()
    assert isinstance(raised.value, Exception)
    return raised.value


def test_a_table_that_is_not_there_is_no_fault_of_the_rows(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE changes"))
    assert is_away(failure(lambda: write_notice(database)))


def test_a_row_that_names_an_access_point_which_is_not_there_is_at_fault_itself(database: Database) -> None:
    assert not is_away(failure(lambda: write_hour(database, 999)))


def test_a_number_that_no_column_takes_is_at_fault_itself(database: Database) -> None:
    assert not is_away(failure(lambda: write_hour(database, 1 << 70)))


def test_a_text_that_postgresql_has_no_character_for_is_at_fault_itself(postgresql_database: Database) -> None:
    assert not is_away(failure(lambda: write_notice(postgresql_database, "nul \0")))


def test_a_standby_that_takes_no_writes_is_away(postgresql_database: Database) -> None:
    name = postgresql_database.engine.url.database
    with postgresql_database.engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    postgresql_database.close()
    assert is_away(failure(lambda: write_notice(postgresql_database)))


def test_a_server_that_nobody_listens_for_is_away(postgresql_database: Database) -> None:
    nobody = make_engine(postgresql_database.engine.url.set(port=1))

    def write() -> None:
        with transaction(nobody):
            pass

    assert is_away(failure(write))


def test_an_sqlite_file_that_is_locked_for_too_long_is_away(sqlite_database: Database) -> None:
    impatient = make_engine(sqlite_database.engine.url)
    with transaction(sqlite_database.engine), impatient.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        connection.commit()
        connection.detach()
        assert is_away(failure(lambda: connection.execution_options(write=True).exec_driver_sql("BEGIN IMMEDIATE")))
    impatient.dispose()


def test_a_mistake_of_ours_is_not_taken_for_the_database(database: Database) -> None:
    def write() -> None:
        with transaction(database.engine):
            raise KeyError("a mistake")

    assert not is_away(failure(write))
