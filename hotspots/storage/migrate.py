"""Bringing the database to the state that this version needs."""

from __future__ import annotations

import logging
import math
import time
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from hotspots.errors import HotspotsError

LOCK_SECONDS: Final = 5
"""So long a migration waits for a table that others use."""

STATEMENT_SECONDS: Final = 3600
"""So long a single statement of a migration may take; one that rewrites 20 million sessions took minutes."""

_RETRY_SECONDS: Final = 1.0
_SAY_SO_EVERY: Final = 30
_log = logging.getLogger(__name__)


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run the migrations that are missing; all or none of each.

    Returns:
        The revision before and the revision after; equal where nothing was to do.

    Raises:
        HotspotsError: Others hold a table for too long (PostgreSQL); nothing was changed.
    """
    with engine.connect() as connection:
        before = current(connection)
        connection.rollback()
        try:
            upgrade_within(connection)
            connection.commit()
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled):
                raise
            raise HotspotsError(
                f"the database is in use, and the upgrade waited in vain: {error.orig}",
                "Nothing was changed. Stop hotspots on all nodes, or try again when less is going on",
            ) from error
    return before, head()


def current(connection: Connection) -> str | None:
    """The revision of the database, None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this version of the program needs."""
    revision = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert revision is not None, "the package carries no migrations"  # noqa: S101 - a broken build, not an input
    return revision


def knows(revision: str) -> bool:
    """Whether this version of the program can bring a database of that revision to its own."""
    try:
        return ScriptDirectory.from_config(_config(None)).get_revision(revision) is not None
    except CommandError:
        return False


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Run the migrations that are missing up to a revision, in the transaction of the caller, who commits."""
    if connection.dialect.name == "postgresql":
        # Whoever waits for a lock keeps all others waiting behind it: rather give up, and leave everything as it is.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
    command.upgrade(_config(connection), revision)


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "hotspots:migrations")
    config.attributes["connection"] = connection
    return config


def check(engine: Engine, *, may_be_away: bool = False) -> None:
    """Make sure that the database is there and of this version.

    Raises:
        HotspotsError: It is not; where it ``may_be_away``, only if it is there and of another version.
    """
    try:
        with engine.connect() as connection:
            revision = current(connection)
    except SQLAlchemyError as error:
        if may_be_away:
            return
        raise HotspotsError(f"the database cannot be opened: {error}", "hotspots doctor says more") from error
    if revision != head():
        raise HotspotsError(
            f"the database has the tables of {revision or 'no version'}, and not those of {head()}",
            "Run hotspots database upgrade",
        )


def check_once_it_answers(engine: Engine) -> None:
    """:func:`check`, once the database server can be reached.

    For a worker that is started while the server is away: to give up, and be started again and again with ever longer
    pauses, would keep it away for longer than the server.

    Raises:
        HotspotsError: It is of another version, or cannot be opened although it answers.
    """
    wait_until_it_answers(engine)
    check(engine)


def wait_until_it_answers(engine: Engine, at_most_seconds: float = math.inf) -> None:
    """Return when the database server lets somebody in, and say what it is that is waited for; a file always does.

    Raises:
        HotspotsError: It has not for so long.
    """
    deadline = time.monotonic() + at_most_seconds
    tries = 0
    while engine.dialect.name == "postgresql":
        try:
            engine.connect().close()
        except SQLAlchemyError as error:
            why = str(error).partition("\n")[0]
            if time.monotonic() >= deadline:
                raise HotspotsError(f"the database does not answer: {why}", "hotspots doctor says more") from error
            if tries % _SAY_SO_EVERY == 0:
                _log.warning("waiting for the database: %s", why)
            tries += 1
            time.sleep(_RETRY_SECONDS)
        else:
            return
