"""Putting a restored database where the present one is, and the present one aside."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from psycopg import errors
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import ProgrammingError

from hotspots.errors import HotspotsError
from hotspots.storage import durable
from hotspots.storage.alone import UnusableError, refuse_others_in_file


def exchange_file(prepared: Path, present: Path, now: datetime) -> Path | None:
    """Put a prepared SQLite file into the place of the present one, in one step of the file system.

    Returns:
        Where the present one is now; None where there was none.

    Raises:
        HotspotsError: Somebody has the present one open; it stays.
    """
    durable.sync(prepared)
    aside = present.with_name(f"{present.name}.before-restore-{_stamp(now)}")
    if aside.exists():
        raise HotspotsError(f"{aside} exists already", "Move it away first")
    there = present.exists()
    if there:
        with suppress(UnusableError):  # a damaged one is a good reason to restore
            refuse_others_in_file(present)
        prepared.chmod(present.stat().st_mode & 0o777)
    _put_log_aside(present, aside)
    if there:
        aside.hardlink_to(present)
    prepared.replace(present)
    durable.sync(present.parent)
    return aside if there else None


def _put_log_aside(present: Path, aside: Path) -> None:
    """What is left of the log of the present one goes along with it: it would be taken for that of the new one."""
    for suffix in ("-wal", "-shm"):
        log = Path(f"{present}{suffix}")
        if log.exists():
            log.rename(f"{aside}{suffix}")


def set_schema_aside(connection: Connection, now: datetime) -> str | None:
    """Rename the schema of a PostgreSQL database and make a new empty one, in the transaction of the caller.

    Returns:
        The name that the present one has now; None where it was empty.

    Raises:
        HotspotsError: This user may not do that.
    """
    if not inspect(connection).get_table_names():
        return None
    schema = connection.scalar(select(func.current_schema())) or "public"
    aside = f"{schema}_before_restore_{_stamp(now).lower()}"
    quote = connection.dialect.identifier_preparer.quote
    try:
        connection.exec_driver_sql(f"ALTER SCHEMA {quote(schema)} RENAME TO {quote(aside)}")
        connection.exec_driver_sql(f"CREATE SCHEMA {quote(schema)}")
    except ProgrammingError as error:
        if not isinstance(error.orig, errors.InsufficientPrivilege):
            raise
        raise HotspotsError(
            f"this user of PostgreSQL may not rename the schema {schema}",
            "Let it own the database, or make an empty database and name that in HOTSPOTS_DATABASE_URL",
        ) from error
    return aside


def _stamp(now: datetime) -> str:
    # To the microsecond: who restores again at once, after a kill, must find the name free.
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
