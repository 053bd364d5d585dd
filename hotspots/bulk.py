"""Many rows in one statement or one call into the driver: what the recorder writes with.

SQLite is given the rows one by one inside of its driver (``executemany``), whose statement is compiled once;
PostgreSQL all of them as one JSON document, which it takes apart itself: one round trip, however many there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, ColumnElement, Connection, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import Instant

Row = tuple[Any, ...]
"""The values of one row, in the order of the names that go with it; those of a JSON column as JSON text."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[Any]]).decode


def insert(db: OrmSession, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Insert rows."""
    _execute(db, table, names, rows, "")


def upsert(
    db: OrmSession, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, add: bool = False
) -> None:
    """Insert rows; where the first ``keys`` columns are there already, replace the other columns.

    With ``add`` the other columns are added to what is there: for counters. No two rows may have the same keys.
    """
    known = f"{table.name}." if add else ""
    changes = (f"{name} = {known + name + ' + ' if add else ''}excluded.{name}" for name in names[keys:])
    conflict = f" ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {', '.join(changes)}"
    # In one order, so that two writers lock the rows that they share in the same order: PostgreSQL would otherwise
    # end one of them as a deadlock.
    _execute(db, table, names, sorted(rows, key=lambda row: row[:keys]), conflict)


def update(db: OrmSession, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1) -> None:
    """Give the rows whose first ``keys`` columns are these new values in the others."""
    connection = db.connection()
    if _is_postgresql(connection):
        connection.exec_driver_sql(_update_of_many(table, names, keys), {"document": _document(table, names, rows)})
        return
    changes = ", ".join(f"{name} = ?" for name in names[keys:])
    which = " AND ".join(f"{name} = ?" for name in names[:keys])
    statement = f"UPDATE {table.name} SET {changes} WHERE {which}"  # noqa: S608 - all of it is ours
    connection.exec_driver_sql(statement, [(*row[keys:], *row[:keys]) for row in rows])


def fetch(
    db: OrmSession, columns: Sequence[Column[Any]], key: Column[str], keys: Collection[str]
) -> list[list[Any]]:
    """The values of these columns in the rows that have one of the keys; instants in UTC."""
    statement = _selection(_is_postgresql(db.connection()), tuple(columns), key)
    rows = _decode(db.scalar(statement, {"document": document(keys)}) or "[]")
    instants = [index for index, column in enumerate(columns) if isinstance(column.type, Instant)]
    for row in rows:
        for index in instants:
            if row[index] is not None:
                row[index] = _instant(row[index])
    return rows


def among(db: OrmSession, column: Column[Any]) -> ColumnElement[bool]:
    """Whether the column has one of the values in the parameter ``document``, which :func:`document` makes."""
    return _among(_is_postgresql(db.connection()), column)


def document(values: Collection[str] | Collection[int]) -> str:
    """Values, however many they are, for the parameter of :func:`among`."""
    return _encode(list(values)).decode()


def _execute(db: OrmSession, table: Table, names: tuple[str, ...], rows: Sequence[Row], conflict: str) -> None:
    connection = db.connection()
    if _is_postgresql(connection):
        statement = _insertion_of_many(table, names) + conflict
        connection.exec_driver_sql(statement, {"document": _document(table, names, rows)})
        return
    places = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}){conflict}"  # noqa: S608 - ours
    connection.exec_driver_sql(statement, list(rows))


def _document(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> str:
    documents = [dict(zip(names, row, strict=True)) for row in rows]
    for name in names:
        if isinstance(table.c[name].type, JSON):
            # It is JSON already, and would else become text within JSON.
            for each in documents:
                each[name] = msgspec.Raw(each[name].encode())
    return _encode(documents).decode()


@lru_cache(maxsize=64)
def _insertion_of_many(table: Table, names: tuple[str, ...]) -> str:
    wanted = f"SELECT {', '.join(names)} FROM {_recordset(table, names)}"  # noqa: S608 - all of it is ours
    return f"INSERT INTO {table.name} ({', '.join(names)}) {wanted}"


@lru_cache(maxsize=64)
def _update_of_many(table: Table, names: tuple[str, ...], keys: int) -> str:
    changes = ", ".join(f"{name} = r.{name}" for name in names[keys:])
    which = " AND ".join(f"{table.name}.{name} = r.{name}" for name in names[:keys])
    source = _recordset(table, names)
    return f"UPDATE {table.name} SET {changes} FROM {source} WHERE {which}"  # noqa: S608 - all of it is ours


def _recordset(table: Table, names: tuple[str, ...]) -> str:
    types = (f"{name} {_postgresql_type(table.c[name])}" for name in names)
    return f"json_to_recordset(CAST(%(document)s AS json)) AS r({', '.join(types)})"


def _postgresql_type(column: Column[Any]) -> str:
    return column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call] # it has no annotations


@lru_cache(maxsize=16)
def _selection(postgresql: bool, columns: tuple[Column[Any], ...], key: Column[str]) -> Select[str]:
    rows: ColumnElement[str] = func.json_group_array(func.json_array(*columns))
    if postgresql:
        rows = cast(func.json_agg(func.json_build_array(*columns)), Text)
    return select(rows).where(_among(postgresql, key))


def _among(postgresql: bool, column: Column[Any]) -> ColumnElement[bool]:
    values = bindparam("document", type_=Text)
    if postgresql:
        found = func.json_array_elements_text(cast(values, JSON)).table_valued("value")
        return column.in_(select(cast(found.c.value, column.type)))
    found = func.json_each(values).table_valued("value")
    return column.in_(select(found.c.value))


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


@lru_cache(maxsize=16_384)
def _as_text(value: datetime) -> str:
    """As SQLAlchemy writes an instant to SQLite, so that all instants there sort as text.

    Cached: the packets of one batch share their time, and a session's beginning comes again with each report.
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# What SQLAlchemy binds is text already; this is for the values that go straight to the driver here.
sqlite3.register_adapter(datetime, _as_text)


def _instant(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
