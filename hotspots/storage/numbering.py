"""The numbers that tables give to their rows: which was the last one, also where its row is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, cast, column, delete, func, insert, select, table
from sqlalchemy.dialects.postgresql import REGCLASS

_SQLITE_SEQUENCE: Final = table("sqlite_sequence", column("name"), column("seq"))
"""What SQLite remembers of tables with AUTOINCREMENT (https://www.sqlite.org/autoinc.html): it may be written to."""


def carry_over(source: Connection, target: Connection, of: Sequence[Table]) -> None:
    """Have a copy number on where the source was, so that nobody gets the number of what was deleted there."""
    numbered = list(_numbered(of))
    if source.dialect.name == "sqlite":
        last_given = _last_given_sqlite(source)
    else:
        last_given = _last_given_postgresql(source, numbered)
    for each, key in numbered:
        last = max(last_given.get(each.name, 0), target.scalar(select(func.max(key))) or 0)
        if not last:
            continue
        if target.dialect.name == "sqlite":
            _continue_sqlite(target, each, last)
        else:
            _continue_postgresql(target, each, key, last)


def _numbered(of: Sequence[Table]) -> Iterator[tuple[Table, Column[Any]]]:
    for each in of:
        for key in each.primary_key.columns:
            if key.type.python_type is int and not key.foreign_keys:
                yield each, key


def _last_given_sqlite(source: Connection) -> dict[str, int]:
    return {row.name: row.seq for row in source.execute(select(_SQLITE_SEQUENCE.c.name, _SQLITE_SEQUENCE.c.seq))}


def _last_given_postgresql(source: Connection, numbered: Iterable[tuple[Table, Column[Any]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each, key in numbered:
        name = _sequence(source, each, key)
        if name is not None:
            found[each.name] = source.scalar(select(func.pg_sequence_last_value(cast(name, REGCLASS)))) or 0
    return found


def _continue_sqlite(target: Connection, each: Table, last: int) -> None:
    # Tables without AUTOINCREMENT go by the highest number that is there, and SQLite lets their line be; a
    # PostgreSQL to which they are moved later heeds it.
    target.execute(delete(_SQLITE_SEQUENCE).where(_SQLITE_SEQUENCE.c.name == each.name))
    target.execute(insert(_SQLITE_SEQUENCE).values(name=each.name, seq=last))


def _continue_postgresql(target: Connection, each: Table, key: Column[Any], last: int) -> None:
    name = _sequence(target, each, key)
    if name is not None:
        target.execute(select(func.setval(cast(name, REGCLASS), last)))


def _sequence(connection: Connection, each: Table, key: Column[Any]) -> str | None:
    name: str | None = connection.scalar(select(func.pg_get_serial_sequence(each.name, key.name)))
    return name
