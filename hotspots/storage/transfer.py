"""All rows from one database into another, SQLite or PostgreSQL, and the proof that they are the same.

Written over the tables that the program knows, so that a new table is carried without a line here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Row,
    String,
    Table,
    collate,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from hotspots.errors import HotspotsError
from hotspots.models import Base, Instant
from hotspots.progress import Progress, silent
from hotspots.storage import migrate, numbering

_ROWS: Final = 1000
_LINES: Final = msgspec.json.Encoder(order="deterministic")
"""A line a row: instants in UTC, octets as base64. Its default for other types is to refuse them."""

_BYTE_ORDER: Final = {"postgresql": "C", "sqlite": "BINARY"}


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a table: how many rows, and a digest of all of them in the order of the key."""

    rows: int
    sha256: str


def tables() -> Sequence[Table]:
    """All tables, those first that others refer to."""
    return Base.metadata.sorted_tables


def tables_in(connection: Connection) -> Sequence[Table]:
    """The same of an SQLite database that our migrations made, of whatever version it is."""
    metadata = MetaData()
    metadata.reflect(connection)
    found = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    for table in found:
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = Instant()
    return found


def counts(connection: Connection, of: Sequence[Table] | None = None) -> dict[str, int]:
    """How many rows each table has."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in of or tables()}


def snapshot(engine: Engine) -> Engine:
    """An engine whose transactions each see one state of the database and keep nobody waiting.

    On SQLite's WAL any transaction that only reads does (https://www.sqlite.org/isolation.html).
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def refuse_other_revision(connection: Connection) -> None:
    """Make sure that the database has the tables of this version.

    Raises:
        HotspotsError: It has others.
    """
    found = migrate.current(connection)
    if found != migrate.head():
        raise HotspotsError(
            f"{connection.engine.url} is at revision {found}, not {migrate.head()}",
            "Run hotspots database upgrade on it first",
        )


def pour(
    source: Connection, target: Connection, progress: Progress = silent, of: Sequence[Table] | None = None
) -> dict[str, Content]:
    """Copy into empty tables and compare, in the transactions of the caller.

    Args:
        source: Where the rows are.
        target: Where they come to.
        progress: Is told how far it has come.
        of: Which tables, those first that others refer to; all of this version where it is not said.

    Raises:
        HotspotsError: A row cannot be copied, or what is in the target is not what was in the source.
    """
    for connection in (source, target):
        if connection.dialect.name == "postgresql":
            # While all of the one side is read, the other waits in its transaction: that is meant.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    which = of or tables()
    read = _copy(source, target, which, progress)
    written = contents(target, progress, which)
    differing = [name for name, content in read.items() if written[name] != content]
    if differing:
        raise HotspotsError(f"the copy differs from its source in {', '.join(differing)}", "It was taken back")
    return read


def contents(
    connection: Connection, progress: Progress = silent, of: Sequence[Table] | None = None
) -> dict[str, Content]:
    """What is in each table; equal on both kinds of database where the rows are equal.

    Raises:
        HotspotsError: A row cannot be read.
    """
    which = of or tables()
    expected = counts(connection, which)
    return {table.name: _go_through(connection, table, "comparing", expected, progress) for table in which}


def _copy(source: Connection, target: Connection, which: Sequence[Table], progress: Progress) -> dict[str, Content]:
    expected = counts(source, which)
    on_postgresql = target.dialect.name == "postgresql"

    def take(table: Table, batch: Sequence[Row[Any]]) -> None:
        if on_postgresql:
            _copy_in(target, table, batch)
        else:
            target.execute(insert(table), [dict(row._mapping) for row in batch])

    found = {table.name: _go_through(source, table, "copying", expected, progress, take) for table in which}
    numbering.carry_over(source, target, which)
    if on_postgresql:
        # Or the planner knows nothing of the new rows until autovacuum comes by.
        target.exec_driver_sql(f"ANALYZE {', '.join(found)}")
    return found


def reason(error: SQLAlchemyError | psycopg.Error | ValueError) -> str:
    """The driver's first line: what follows, and the words of others, hold the values of rows."""
    said = error if isinstance(error, psycopg.Error) else getattr(error, "orig", None)
    return str(said or type(error).__name__).strip().splitlines()[0]


def _copy_in(target: Connection, table: Table, batch: Sequence[Row[Any]]) -> None:
    """A batch as one statement of PostgreSQL: where each row is one, its triggers take many times as long."""
    columns = _columns(table)
    process = [column.type.dialect_impl(target.dialect).bind_processor(target.dialect) for column in columns]
    quote = target.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    driver: psycopg.Connection[Any] = target.connection.driver_connection  # type: ignore[assignment] # psycopg's
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as into:
        for row in batch:
            into.write_row([value if to is None else to(value) for value, to in zip(row, process, strict=True)])


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is None]


def _go_through(
    source: Connection,
    table: Table,
    doing: str,
    expected: Mapping[str, int],
    progress: Progress,
    take: Callable[[Table, Sequence[Row[Any]]], None] | None = None,
) -> Content:
    """Read a table in the order of its key, hand on each batch, and digest all of it."""
    digest, rows = hashlib.sha256(), 0
    try:
        for batch in _batches(source, table):
            if take is not None:
                take(table, batch)
            digest.update(_LINES.encode_lines([tuple(row) for row in batch]))
            rows += len(batch)
            progress(f"{doing} {table.name}", rows, max(rows, expected[table.name]))
    except (SQLAlchemyError, psycopg.Error, ValueError) as error:
        raise HotspotsError(
            f"{doing} {table.name} failed after {rows} rows in the order of its key: {reason(error)}",
            "Nothing was changed",
        ) from error
    return Content(rows, digest.hexdigest())


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    order = [_in_byte_order(column, connection.dialect.name) for column in table.primary_key.columns]
    query = select(*_columns(table)).order_by(*order).execution_options(yield_per=_ROWS)
    return connection.execute(query).partitions(_ROWS)


def _in_byte_order(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    # Each PostgreSQL sorts text as its locale does; the digest needs one order everywhere.
    return collate(column, _BYTE_ORDER[dialect]) if isinstance(column.type, String) else column
