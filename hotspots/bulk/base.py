"""One transaction in which many rows are written, whatever the database."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from sqlalchemy import Column, Table
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from hotspots.models import Instant

Row = tuple[Any, ...]
"""The values of one row, in the order of the names that go with it; those of a JSON column as JSON text."""

_DATABASE_ERRORS: Final = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
_REFUSALS: Final = (
    *(DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError),
    *(sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError),
)


def is_away(error: Exception) -> bool:
    """Whether the database failed, and may take the very same rows later.

    It cannot be reached, has no room, is locked for too long, takes no writes (a standby), lacks a table (a
    migration under way), or is damaged. False where the rows themselves are at fault.
    """
    return isinstance(error, _DATABASE_ERRORS) and not isinstance(error, _REFUSALS)


class Bulk(ABC):
    """One transaction. Table names, column names and conditions are ours, values are always parameters.

    What is written may wait until something is read, or for the end; so a refusal may come as late.
    """

    on_postgresql: bool

    def __init__(self, cursor: DBAPICursor) -> None:
        self._cursor = cursor

    @abstractmethod
    def insert(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Insert rows."""

    @abstractmethod
    def insert_numbered(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> dict[Any, int]:
        """Insert rows into a table that numbers them: their new ids, by the first of their columns.

        They are read by nothing that waits to be written. The transaction writes to the table alone.
        """

    @abstractmethod
    def upsert(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, add: bool = False
    ) -> None:
        """Insert rows; where the first ``keys`` columns are there already, replace the other columns.

        With ``add`` the other columns are added to what is there: for counters. No two rows may have the same keys.
        """

    @abstractmethod
    def update(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, apart: bool = False
    ) -> None:
        """Give the rows whose first ``keys`` columns are these new values in the others.

        ``apart`` says that nothing else that is written to the table before the next reading touches these rows.
        """

    @abstractmethod
    def execute(self, statement: str, *values: object) -> None:
        """Write with a statement; ``?`` stands for a value, ``IN ?`` for any of a list of values."""

    @abstractmethod
    def finish(self) -> None:
        """Write all that waits."""

    def fetch(self, columns: Sequence[Column[Any]], condition: str, *values: object) -> list[list[Any]]:
        """These columns of the rows of their table for which the condition holds; instants in UTC."""
        names = ", ".join(column.name for column in columns)
        self._ask(f"SELECT {names} FROM {columns[0].table.description} WHERE {condition}", values)  # noqa: S608 - ours
        rows = [list(row) for row in self._cursor.fetchall()]
        instants = [index for index, column in enumerate(columns) if isinstance(column.type, Instant)]
        for row in rows:
            for index in instants:
                row[index] = _instant(row[index])
        return rows

    def scalar(self, statement: str, *values: object) -> Any:
        """The only value of the first row that a statement gives; None where there is no row."""
        self._ask(statement, values)
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    @abstractmethod
    def _ask(self, statement: str, values: Sequence[object]) -> None:
        """Run a statement whose answer is wanted now."""


def _instant(value: str | datetime | None) -> datetime | None:
    if value is None:
        return None
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
