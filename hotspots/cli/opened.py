"""The database as commands open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from hotspots import secret_key
from hotspots.database import Database, open_database
from hotspots.errors import HotspotsError
from hotspots.settings import Settings, load_settings
from hotspots.storage import migrate
from hotspots.storage.database_url import sqlite_file

_MEND: Final = "run: hotspots database upgrade"
# Settings and data are looked for in the folder of the call: who stands elsewhere must not be told to make a new one.
_ELSEWHERE: Final = (
    "Set HOTSPOTS_DATA_DIR to the folder where it is; a new one is made by: hotspots database upgrade"
)


@contextmanager
def opened(*, any_version: bool = False) -> Iterator[Database]:
    """The database that the settings name, which must be there and have the tables of this version.

    Args:
        any_version: Whether it may have the tables of another one.

    Raises:
        HotspotsError: It is missing, cannot be reached, or is of another version; nothing was made or changed.
    """
    # Before anything is opened: to open a missing SQLite file is to make it.
    url = load_settings(make_secret_key=False).database_url
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise HotspotsError(f"there is no database at {file}", hint=_ELSEWHERE)
    database = open_database(load_settings())
    try:
        _check_version(database, any_version=any_version)
        yield database
    except OperationalError as error:
        raise _no_answer(url, error) from error
    finally:
        database.close()


def settings_with_key() -> Settings:
    """The settings with the secret key, which is not made here: a new one would open nothing that was sealed before.

    Raises:
        HotspotsError: There is none.
    """
    settings = load_settings(make_secret_key=False)
    if not settings.secret_key.get_secret_value() and not (settings.data_dir / secret_key.FILE_NAME).exists():
        raise HotspotsError(
            f"there is no secret key in {settings.data_dir}",
            f"Put back the file {secret_key.FILE_NAME} that belongs to the database, or set HOTSPOTS_SECRET_KEY",
        )
    return load_settings()


def _check_version(database: Database, *, any_version: bool) -> None:
    try:
        with database.engine.connect() as connection:
            found, wanted = migrate.current(connection), migrate.head()
    except DatabaseError as error:
        raise _no_answer(database.engine.url, error) from error
    if found is None:
        raise HotspotsError("the database has no tables", hint=_MEND)
    if found != wanted and not any_version:
        raise HotspotsError(f"the database is at version {found}, this program needs {wanted}", hint=_MEND)


def _no_answer(url: URL, error: DatabaseError) -> HotspotsError:
    # The text of a URL hides its password.
    return HotspotsError(f"the database {url} cannot be used: {error.orig}", hint="run: hotspots doctor")
