"""Rows in every table, with the values that databases like to disagree about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Integer, Table, delete, insert

from hotspots.database import Database
from hotspots.models import Change, Instant
from hotspots.storage import transfer
from tests.hotspots.places import add_network

TEXTS: Final = ("ąćęłńóśźż", "Źdźbło 'gęśl' \"jaźń\"", "a\nb\tc\\d", "100 %s :name {x}", "🛜 Україна", "", "B", "a")
ROWS: Final = len(TEXTS)
MOMENT: Final = datetime(2025, 10, 26, 0, 59, 59, 1, tzinfo=UTC)
"""With a microsecond, in the hour that the end of summer time repeats in Poland."""

_OF_THE_NETWORK: Final = {"service_plans", "authorities", "hotspots", "access_points"}


def fill_every_table(database: Database, rows: int = ROWS) -> None:
    """The small network, and in every other table so many rows more."""
    with database.write() as db:
        add_network(db, database.vault)
        db.execute(delete(Change))
        for table in transfer.tables():
            if table.name not in _OF_THE_NETWORK:
                last = 1 if _beside_another(table) else rows
                db.execute(insert(table), [_row(table, number) for number in range(1, last + 1)])


def _beside_another(table: Table) -> bool:
    """Whether its rows have no number of their own; of the network there is one of each."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and bool(keys[0].foreign_keys)


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    if column.foreign_keys:
        (reference,) = column.foreign_keys
        return 1 if reference.column.table.name in _OF_THE_NETWORK else number
    if column.nullable and number % 3 == 0:
        return None
    if isinstance(column.type, Instant):
        return MOMENT + timedelta(hours=number)
    key = column.primary_key or column.unique
    words = TEXTS[number % len(TEXTS)]
    # Both integer types up to their bounds, where nothing hangs on the number.
    most = 2 ** (31 if type(column.type) is Integer else 63)
    values: dict[type, Any] = {
        int: number if key else most - number,
        str: f"{words}{number}" if key else words,
        bytes: bytes([0, 255, 39, 92, number]),
        bool: number % 2 == 0,
        float: number / 3,
        object: [{"b": words, "a": number / 7, "c": None}],
    }
    return values[column.type.python_type]
