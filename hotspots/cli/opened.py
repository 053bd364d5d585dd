"""The database as commands open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from hotspots import migrate
from hotspots.database import Database, open_database
from hotspots.database_url import sqlite_file
from hotspots.errors import HotspotsError
from hotspots.settings import load_settings

_MEND: Final = "run: hotspots database upgrade"


@contextmanager
def opened() -> Iterator[Database]:
    """The database that the settings name, which must be there and have the tables of this version.

    Raises:
        HotspotsError: It is missing, cannot be reached, or is of another version; nothing was made or changed.
    """
    # Before anything is opened: to open a missing SQLite file is to make it.
    url = load_settings(make_secret_key=False).database_url
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise HotspotsError(f"there is no database at {file}", hint=_MEND)
    database = open_database(load_settings())
    try:
        _check_version(database)
        yield database
    except OperationalError as error:
        raise _no_answer(url, error) from error
    finally:
        database.close()


def _check_version(database: Database) -> None:
    try:
        with database.engine.connect() as connection:
            found, wanted = migrate.current(connection), migrate.head()
    except DatabaseError as error:
        raise _no_answer(database.engine.url, error) from error
    if found is None:
        raise HotspotsError("the database has no tables", hint=_MEND)
    if found != wanted:
        raise HotspotsError(f"the database is at version {found}, this program needs {wanted}", hint=_MEND)


def _no_answer(url: URL, error: DatabaseError) -> HotspotsError:
    # The text of a URL hides its password.
    return HotspotsError(f"the database {url} cannot be used: {error.orig}", hint="run: hotspots doctor")
