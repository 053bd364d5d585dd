"""Writing many rows in one transaction, straight through the database's driver.

The recorder commits hundreds of times a second. What SQLAlchemy does for a statement (0.1 ms) would be most of the
time of such a commit, and the statements here are few and always the same; tables and columns are still the models'.
SQLite is given rows one by one inside of its driver (``executemany``), PostgreSQL all of them as one JSON document,
which it takes apart itself: one round trip, however many there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import JSON, Column, Engine, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from hotspots.models import Instant

Row = tuple[Any, ...]
"""The values of one row, in the order of the names that go with it; those of a JSON column as JSON text."""

_DATABASE_ERRORS: Final = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
_REFUSALS: Final = (
    *(DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError),
    *(sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError),
)

_ON_POSTGRESQL: Final = (
    "SET hotspots.recorder = 'on'; SET jit = off;"
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
)
"""That we take our turns by ourselves; and that all statements here name rows by keys that have an index. PostgreSQL
keeps the plan of a prepared statement, and one made while a table was still small would read all of it long after it
has grown: 7 ms a commit instead of 1. To compile them would take longer than to run them."""

_encode = msgspec.json.Encoder().encode


def is_away(error: Exception) -> bool:
    """Whether the database failed, and may take the very same rows later.

    It cannot be reached, has no room, is locked for too long, takes no writes (a standby), lacks a table (a
    migration under way), or is damaged. False where the rows themselves are at fault.
    """
    return isinstance(error, _DATABASE_ERRORS) and not isinstance(error, _REFUSALS)


class Bulk:
    """One transaction. Table names, column names and conditions are ours, values are always parameters."""

    def __init__(self, cursor: DBAPICursor, *, on_postgresql: bool) -> None:
        self._cursor = cursor
        self.on_postgresql = on_postgresql

    def insert(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """Insert rows."""
        self._write(_insertion(table, names, self.on_postgresql), table, names, rows)

    def insert_returning(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], columns: Sequence[Column[Any]]
    ) -> list[list[Any]]:
        """Insert rows into PostgreSQL, and give these columns of them as they are then."""
        statement = _insertion(table, names, self.on_postgresql)
        returning = ", ".join(column.name for column in columns)
        self._write(f"{statement} RETURNING {returning}", table, names, rows)
        return [list(row) for row in self._cursor.fetchall()]

    def upsert(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, add: bool = False
    ) -> None:
        """Insert rows; where the first ``keys`` columns are there already, replace the other columns.

        With ``add`` the other columns are added to what is there: for counters. No two rows may have the same keys.
        """
        statement = _insertion(table, names, self.on_postgresql) + _conflict(table, names, keys, add)
        # In one order, so that two writers lock the rows that they share in the same order: PostgreSQL would
        # otherwise end one of them as a deadlock.
        self._write(statement, table, names, sorted(rows, key=lambda row: row[:keys]))

    def update(self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1) -> None:
        """Give the rows whose first ``keys`` columns are these new values in the others."""
        statement = _update(table, names, keys, self.on_postgresql)
        if not self.on_postgresql:
            rows = [row[keys:] + row[:keys] for row in rows]
        self._write(statement, table, names, rows)

    def execute(self, statement: str, *values: object) -> None:
        """Run a statement; ``?`` stands for a value, ``IN ?`` for any of a list of values."""
        self._cursor.execute(_in_dialect(statement, self.on_postgresql), self._parameters(values))

    def fetch(self, columns: Sequence[Column[Any]], condition: str, *values: object) -> list[list[Any]]:
        """These columns of the rows of their table for which the condition holds; instants in UTC."""
        names = ", ".join(column.name for column in columns)
        self.execute(f"SELECT {names} FROM {columns[0].table.description} WHERE {condition}", *values)  # noqa: S608 - ours
        rows = [list(row) for row in self._cursor.fetchall()]
        instants = [index for index, column in enumerate(columns) if isinstance(column.type, Instant)]
        for row in rows:
            for index in instants:
                row[index] = _instant(row[index])
        return rows

    def scalar(self, statement: str, *values: object) -> Any:
        """The only value of the first row of a query; None where there is no row."""
        self.execute(statement, *values)
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def _write(self, statement: str, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        if self.on_postgresql:
            self._cursor.execute(statement, (_document(table, names, rows),))
        else:
            self._cursor.executemany(statement, rows)

    def _parameters(self, values: Sequence[object]) -> list[Any]:
        if self.on_postgresql:
            return [
                list(value) if isinstance(value, Collection) and not isinstance(value, str) else value
                for value in values
            ]
        return [
            _encode(list(value)).decode() if isinstance(value, Collection) and not isinstance(value, str) else value
            for value in values
        ]


class BulkConnection:
    """A connection of one's own, opened when it is needed and kept; given up when anything goes wrong on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_postgresql = engine.dialect.name == "postgresql"
        self._connection: PoolProxiedConnection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Bulk]:
        """A transaction that is committed at the end, durably; rolled back where the block raises.

        Raises:
            SQLAlchemyError, sqlite3.Error, psycopg.Error: As the database says; see :func:`is_away`.
        """
        connection = self._connection = self._connection or self._open()
        try:
            with closing(connection.cursor()) as cursor:
                if not self._on_postgresql:
                    cursor.execute("BEGIN IMMEDIATE")
                yield Bulk(cursor, on_postgresql=self._on_postgresql)
            connection.commit()
        except BaseException:
            self.close()
            raise

    def _open(self) -> PoolProxiedConnection:
        connection = self._engine.raw_connection()
        if self._on_postgresql:
            with closing(connection.cursor()) as cursor:
                cursor.execute(_ON_POSTGRESQL)
            connection.commit()
        return connection

    def close(self) -> None:
        """Let the connection go; what was not committed is rolled back."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None


@contextmanager
def transaction(engine: Engine) -> Iterator[Bulk]:
    """One transaction on a connection that is closed afterwards."""
    connection = BulkConnection(engine)
    try:
        with connection.transaction() as bulk:
            yield bulk
    finally:
        connection.close()


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...], on_postgresql: bool) -> str:
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    if on_postgresql:
        return f"{into} SELECT {', '.join(names)} FROM {_recordset(table, names)}"  # noqa: S608 - all of it is ours
    return f"{into} VALUES ({', '.join('?' * len(names))})"


@lru_cache(maxsize=64)
def _conflict(table: Table, names: tuple[str, ...], keys: int, add: bool) -> str:
    known = f"{table.name}." if add else ""
    changes = (f"{name} = {known + name + ' + ' if add else ''}excluded.{name}" for name in names[keys:])
    return f" ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {', '.join(changes)}"


@lru_cache(maxsize=64)
def _update(table: Table, names: tuple[str, ...], keys: int, on_postgresql: bool) -> str:
    if on_postgresql:
        changes = ", ".join(f"{name} = r.{name}" for name in names[keys:])
        which = " AND ".join(f"{table.name}.{name} = r.{name}" for name in names[:keys])
        return f"UPDATE {table.name} SET {changes} FROM {_recordset(table, names)} WHERE {which}"  # noqa: S608 - ours
    changes = ", ".join(f"{name} = ?" for name in names[keys:])
    which = " AND ".join(f"{name} = ?" for name in names[:keys])
    return f"UPDATE {table.name} SET {changes} WHERE {which}"  # noqa: S608 - all of it is ours


def _recordset(table: Table, names: tuple[str, ...]) -> str:
    types = (f"{name} {table.c[name].type.compile(_POSTGRESQL)}" for name in names)
    return f"json_to_recordset(CAST(%s AS json)) AS r({', '.join(types)})"


_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call] # it has no annotations


@lru_cache(maxsize=64)
def _in_dialect(statement: str, on_postgresql: bool) -> str:
    if on_postgresql:
        return statement.replace("IN ?", "= ANY(?)").replace("?", "%s")
    return statement.replace("IN ?", "IN (SELECT value FROM json_each(?))")


def _document(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> str:
    documents = [dict(zip(names, row, strict=True)) for row in rows]
    for name in names:
        if isinstance(table.c[name].type, JSON):
            # It is JSON already, and would else become text within JSON.
            for each in documents:
                each[name] = msgspec.Raw(each[name].encode())
    return _encode(documents).decode()


@lru_cache(maxsize=16_384)
def _as_text(value: datetime) -> str:
    """As SQLAlchemy writes an instant to SQLite, so that all instants there sort as text.

    Cached: the packets of one batch share their time, and a session's beginning comes again with each report.
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# What SQLAlchemy binds is text already; this is for the values that go straight to the driver here.
sqlite3.register_adapter(datetime, _as_text)


def _instant(value: str | datetime | None) -> datetime | None:
    if value is None:
        return None
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
