"""Bringing the database to the state that this version needs."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


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
