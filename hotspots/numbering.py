"""The numbers that tables give to their rows: which was the last one, also where its row is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, cast, column, delete, func, insert, select, table
from sqlalchemy.dialects.postgresql import REGCLASS

from hotspots.models import Base

_SQLITE_SEQUENCE: Final = table("sqlite_sequence", column("name"), column("seq"))
"""What SQLite remembers of tables with AUTOINCREMENT (https://www.sqlite.org/autoinc.html)."""


def carry_over(source: Connection, target: Connection) -> None:
    """Have a copy number on where the source was, so that nobody gets the number of what was deleted there."""
    last_given = _last_given_sqlite(source) if source.dialect.name == "sqlite" else _last_given_postgresql(source)
    for each, key in _numbered():
        last = max(last_given.get(each.name, 0), target.scalar(select(func.max(key))) or 0)
        if not last:
            continue
        if target.dialect.name == "sqlite":
            _continue_sqlite(target, each, last)
        else:
            _continue_postgresql(target, each, key, last)


def _numbered() -> Iterator[tuple[Table, Column[Any]]]:
    for each in Base.metadata.sorted_tables:
        for key in each.primary_key.columns:
            if key.type.python_type is int and not key.foreign_keys:
                yield each, key


def _last_given_sqlite(source: Connection) -> dict[str, int]:
    return {row.name: row.seq for row in source.execute(select(_SQLITE_SEQUENCE.c.name, _SQLITE_SEQUENCE.c.seq))}


def _last_given_postgresql(source: Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    for each, key in _numbered():
        name = _sequence(source, each, key)
        if name is not None:
            found[each.name] = source.scalar(select(func.pg_sequence_last_value(cast(name, REGCLASS)))) or 0
    return found


def _continue_sqlite(target: Connection, each: Table, last: int) -> None:
    if not each.dialect_options["sqlite"]["autoincrement"]:
        return  # it goes by the highest number that is there
    target.execute(delete(_SQLITE_SEQUENCE).where(_SQLITE_SEQUENCE.c.name == each.name))
    target.execute(insert(_SQLITE_SEQUENCE).values(name=each.name, seq=last))


def _continue_postgresql(target: Connection, each: Table, key: Column[Any], last: int) -> None:
    name = _sequence(target, each, key)
    if name is not None:
        target.execute(select(func.setval(cast(name, REGCLASS), last)))


def _sequence(connection: Connection, each: Table, key: Column[Any]) -> str | None:
    name: str | None = connection.scalar(select(func.pg_get_serial_sequence(each.name, key.name)))
    return name
