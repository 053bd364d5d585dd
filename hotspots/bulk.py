"""Many rows in one statement: their values travel as one JSON document, which the database takes apart itself.

One by one, a thousand rows are a thousand calls into SQLite, and for each the writer's thread gives the lock of the
interpreter away and waits for it again while the other thread answers packets. In one statement SQLite works on
all rows without that lock, and PostgreSQL in one round trip.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    TextClause,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import Instant


def insert(db: OrmSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    _execute(db, table, rows, "")


def upsert(
    db: OrmSession, table: Table, rows: Sequence[dict[str, Any]], keys: Sequence[str], *, add: bool = False
) -> None:
    """Insert rows that all have the same columns; where the keys are there already, replace the other columns.

    With ``add`` the other columns are added to what is there: for counters. No two rows may have the same keys.
    """
    others = (name for name in rows[0] if name not in keys)
    known = f"{table.name}." if add else ""
    changes = (f"{name} = {known + name + ' + ' if add else ''}excluded.{name}" for name in others)
    # In one order, so that two writers lock the rows that they share in the same order: PostgreSQL would otherwise
    # end one of them as a deadlock.
    in_order = sorted(rows, key=itemgetter(*keys))
    _execute(db, table, in_order, f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}")


def fetch(
    db: OrmSession, columns: Sequence[Column[Any]], key: Column[str], keys: Collection[str]
) -> list[list[Any]]:
    """The values of these columns in the rows that have one of the keys; instants in UTC."""
    statement = _selection(_is_postgresql(db), tuple(columns), key)
    rows: list[list[Any]] = json.loads(db.scalar(statement, {"document": document(keys)}) or "[]")
    instants = [index for index, column in enumerate(columns) if isinstance(column.type, Instant)]
    for row in rows:
        for index in instants:
            if row[index] is not None:
                row[index] = _instant(row[index])
    return rows


def among(db: OrmSession, column: Column[str]) -> ColumnElement[bool]:
    """Whether the column has one of the values in the parameter ``document``, which :func:`document` makes."""
    return _among(_is_postgresql(db), column)


def document(values: Collection[str]) -> str:
    """Values, however many they are, for the parameter of :func:`among`."""
    return json.dumps(list(values))


def _execute(db: OrmSession, table: Table, rows: Sequence[dict[str, Any]], conflict: str) -> None:
    dialect = db.connection().dialect
    statement = _insertion(dialect, table, tuple(rows[0]), conflict)
    if dialect.name == "postgresql":
        values = json.dumps(rows, default=_with_zone)
    else:
        values = json.dumps([list(row.values()) for row in rows], default=_without_zone)
    db.connection().execute(statement, {"document": values})


@lru_cache(maxsize=64)
def _insertion(dialect: Dialect, table: Table, names: tuple[str, ...], conflict: str) -> TextClause:
    if dialect.name == "postgresql":
        types = (f"{name} {table.c[name].type.compile(dialect)}" for name in names)
        values, source = list(names), f"json_to_recordset(CAST(:document AS json)) AS r({', '.join(types)})"
    else:
        # WHERE TRUE: ON CONFLICT would else be read as the condition of a join (sqlite.org/lang_upsert.html).
        values, source = [f"value ->> {index}" for index in range(len(names))], "json_each(:document) WHERE TRUE"
    wanted = f"SELECT {', '.join(values)} FROM {source}"  # noqa: S608 - all of it is ours
    return text(f"INSERT INTO {table.name} ({', '.join(names)}) {wanted}{conflict}")


@lru_cache(maxsize=16)
def _selection(postgresql: bool, columns: tuple[Column[Any], ...], key: Column[str]) -> Select[str]:
    rows: ColumnElement[str] = func.json_group_array(func.json_array(*columns))
    if postgresql:
        rows = cast(func.json_agg(func.json_build_array(*columns)), Text)
    return select(rows).where(_among(postgresql, key))


def _among(postgresql: bool, column: Column[str]) -> ColumnElement[bool]:
    values = bindparam("document", type_=Text)
    if postgresql:
        found = func.json_array_elements_text(cast(values, JSON)).table_valued("value")
    else:
        found = func.json_each(values).table_valued("value")
    return column.in_(select(found.c.value))


def _is_postgresql(db: OrmSession) -> bool:
    return db.connection().dialect.name == "postgresql"


def _with_zone(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a row")


def _without_zone(value: object) -> str:
    """As SQLAlchemy writes an instant to SQLite, so that all instants there sort as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return _with_zone(value)


def _instant(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
