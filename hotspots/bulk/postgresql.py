"""Many rows into PostgreSQL: as one JSON document, which it takes apart itself, and all of them in one statement.

A statement costs 50 to 100 µs before it does anything, half of that on our side; so what is written waits until
something is read or the transaction ends, and then goes out together (data-modifying WITH, its manual section 7.8.4).
Where very many rows are inserted, COPY costs the server half of what a document does, once the two more round trips
that it takes are shared by enough of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import JSON, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPICursor

from hotspots.bulk.base import Bulk, Row
from hotspots.bulk.sqlite import conflict

MANY_ROWS: Final = 50
"""From so many rows on they are copied: a login of a storm took PostgreSQL 14 to 17 µs as JSON, 7 to 9 copied."""

_encode = msgspec.json.Encoder().encode
_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call] # it has no annotations


class PostgresqlBulk(Bulk):
    """A transaction of PostgreSQL."""

    on_postgresql = True

    def __init__(self, cursor: DBAPICursor) -> None:
        super().__init__(cursor)
        self._waiting: list[str] = []
        self._values: list[object] = []
        self._touched: set[str] = set()

    def insert(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """As :meth:`Bulk.insert`."""
        if len(rows) >= MANY_ROWS:
            self._copy(table, names, rows)
            return
        self._add(_insertion(table, names), [_document(table, names, rows)])

    def insert_numbered(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> dict[Any, int]:
        """As :meth:`Bulk.insert_numbered`."""
        self._add(f"{_insertion(table, names)} RETURNING {names[0]}, id", [_document(table, names, rows)])
        self.finish()
        return dict(self._cursor.fetchall())

    def upsert(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, add: bool = False
    ) -> None:
        """As :meth:`Bulk.upsert`."""
        # In one order, so that two writers lock the rows that they share in the same order: PostgreSQL would
        # otherwise end one of them as a deadlock.
        ordered = sorted(rows, key=lambda row: row[:keys])
        self._touch(table)
        self._add(_insertion(table, names) + conflict(table, names, keys, add), [_document(table, names, ordered)])

    def update(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, apart: bool = False
    ) -> None:
        """As :meth:`Bulk.update`."""
        if not apart:
            self._touch(table)
        self._add(_update(table, names, keys), [_document(table, names, rows)])

    def execute(self, statement: str, *values: object) -> None:
        """As :meth:`Bulk.execute`."""
        self._add(_dialect(statement), [_parameter(value) for value in values])

    def finish(self) -> None:
        """As :meth:`Bulk.finish`."""
        if self._waiting:
            self._cursor.execute(_together(tuple(self._waiting)), self._values)
            self._waiting, self._values, self._touched = [], [], set()

    def _copy(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        self.finish()  # in their order
        with self._cursor.copy(_copying(table, names)) as copy:
            copy.set_types(_types(table, names))
            for row in rows:
                copy.write_row(row)

    def _touch(self, table: Table) -> None:
        """The parts of one statement do not see each other's rows: no two of them may change the same ones."""
        if table.name in self._touched:
            self.finish()
        self._touched.add(table.name)

    def _add(self, statement: str, values: Sequence[object]) -> None:
        self._waiting.append(statement)
        self._values += values

    def _ask(self, statement: str, values: Sequence[object]) -> None:
        self.finish()
        self._cursor.execute(_dialect(statement), [_parameter(value) for value in values])


def _parameter(value: object) -> object:
    return list(value) if isinstance(value, Collection) and not isinstance(value, str) else value


@lru_cache(maxsize=256)
def _together(statements: tuple[str, ...]) -> str:
    *first, last = statements
    parts = ", ".join(f"part{place} AS ({statement})" for place, statement in enumerate(first))
    return f"WITH {parts} {last}" if parts else last


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(names)
    return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {_recordset(table, names)}"  # noqa: S608 - ours


@lru_cache(maxsize=64)
def _copying(table: Table, names: tuple[str, ...]) -> str:
    # Binary: the server takes an instant or a number as it is, instead of reading a text.
    return f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"


@lru_cache(maxsize=64)
def _types(table: Table, names: tuple[str, ...]) -> list[str]:
    # JSON comes as text; under its own name the driver would make a document of that text.
    return ["text" if isinstance(table.c[name].type, JSON) else _type(table, name).lower() for name in names]


@lru_cache(maxsize=64)
def _update(table: Table, names: tuple[str, ...], keys: int) -> str:
    changes = ", ".join(f"{name} = r.{name}" for name in names[keys:])
    which = " AND ".join(f"{table.name}.{name} = r.{name}" for name in names[:keys])
    return f"UPDATE {table.name} SET {changes} FROM {_recordset(table, names)} WHERE {which}"  # noqa: S608 - ours


def _recordset(table: Table, names: tuple[str, ...]) -> str:
    types = (f"{name} {_type(table, name)}" for name in names)
    return f"json_to_recordset(CAST(%s AS json)) AS r({', '.join(types)})"


def _type(table: Table, name: str) -> str:
    return table.c[name].type.compile(_DIALECT)


@lru_cache(maxsize=64)
def _dialect(statement: str) -> str:
    return statement.replace("IN ?", "= ANY(?)").replace("?", "%s")


def _document(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> str:
    documents = [dict(zip(names, row, strict=True)) for row in rows]
    for name in names:
        if isinstance(table.c[name].type, JSON):
            # It is JSON already, and would else become text within JSON.
            for each in documents:
                each[name] = msgspec.Raw(each[name].encode())
    return _encode(documents).decode()
