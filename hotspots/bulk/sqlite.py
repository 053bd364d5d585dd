"""Many rows into SQLite, one by one inside of its driver (``executemany``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Table

from hotspots.bulk.base import Bulk, Row

CHECKPOINT: Final = "PRAGMA wal_checkpoint(PASSIVE)"
"""Brings the journal into the file: waits for nobody, and copies what no reader needs the older state of."""

_encode = msgspec.json.Encoder().encode


class SqliteBulk(Bulk):
    """A transaction of SQLite, which has begun: nobody else writes."""

    on_postgresql = False

    def insert(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
        """As :meth:`Bulk.insert`."""
        self._cursor.executemany(_insertion(table, names), rows)

    def insert_numbered(self, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> dict[Any, int]:
        """As :meth:`Bulk.insert_numbered`."""
        last = self.scalar(f"SELECT max(id) FROM {table.name}") or 0  # noqa: S608 - all of it is ours
        numbered = [(number, *row) for number, row in enumerate(rows, last + 1)]
        self.insert(table, ("id", *names), numbered)
        return {row[1]: row[0] for row in numbered}

    def upsert(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, add: bool = False
    ) -> None:
        """As :meth:`Bulk.upsert`."""
        self._cursor.executemany(_insertion(table, names) + conflict(table, names, keys, add), rows)

    def update(
        self, table: Table, names: tuple[str, ...], rows: Sequence[Row], keys: int = 1, *, apart: bool = False
    ) -> None:
        """As :meth:`Bulk.update`."""
        del apart  # they are written in their order
        self._cursor.executemany(_update(table, names, keys), [row[keys:] + row[:keys] for row in rows])

    def execute(self, statement: str, *values: object) -> None:
        """As :meth:`Bulk.execute`."""
        self._ask(statement, values)

    def finish(self) -> None:
        """Nothing waits."""

    def _ask(self, statement: str, values: Sequence[object]) -> None:
        self._cursor.execute(_dialect(statement), [_parameter(value) for value in values])


def _parameter(value: object) -> object:
    return _encode(list(value)).decode() if isinstance(value, Collection) and not isinstance(value, str) else value


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - ours


@lru_cache(maxsize=64)
def conflict(table: Table, names: tuple[str, ...], keys: int, add: bool) -> str:
    """What is done with rows that are there already; the same words in both databases."""
    known = f"{table.name}." if add else ""
    changes = (f"{name} = {known + name + ' + ' if add else ''}excluded.{name}" for name in names[keys:])
    return f" ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {', '.join(changes)}"


@lru_cache(maxsize=64)
def _update(table: Table, names: tuple[str, ...], keys: int) -> str:
    changes = ", ".join(f"{name} = ?" for name in names[keys:])
    which = " AND ".join(f"{name} = ?" for name in names[:keys])
    return f"UPDATE {table.name} SET {changes} WHERE {which}"  # noqa: S608 - all of it is ours


@lru_cache(maxsize=64)
def _dialect(statement: str) -> str:
    return statement.replace("IN ?", "IN (SELECT value FROM json_each(?))")


@lru_cache(maxsize=16_384)
def _as_text(value: datetime) -> str:
    """As SQLAlchemy writes an instant to SQLite, so that all instants there sort as text.

    Cached: the packets of one batch share their time, and a session's beginning comes again with each report.
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# What SQLAlchemy binds is text already; this is for the values that go straight to the driver here.
sqlite3.register_adapter(datetime, _as_text)
