"""Bringing the database to the state that this version needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from hotspots.errors import HotspotsError


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run the migrations that are missing; all or none of each.

    Returns:
        The revision before and the revision after; equal where nothing was to do.
    """
    with engine.connect() as connection:
        before = current(connection)
        connection.rollback()
        command.upgrade(_config(connection), "head")
        connection.commit()
    return before, head()


def current(connection: Connection) -> str | None:
    """The revision of the database, None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this version of the program needs."""
    revision = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert revision is not None, "the package carries no migrations"  # noqa: S101 - a broken build, not an input
    return revision


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
        raise HotspotsError("the database is not of this version", "Run hotspots database upgrade")
