"""Which statements a piece of work runs, and how the database would go about each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPICursor

from hotspots.database import Database
from tests.hotspots.plans.large import LARGE

_EXPLAINED: Final = ("SELECT", "WITH", "UPDATE", "DELETE")
_FEW: Final = "ix_sessions_open"
"""An index of open sessions alone: they are as many as people are online, however many there ever were."""


@dataclass(frozen=True)
class Reading:
    """That all of a table is read, by which statement."""

    table: str
    statement: str
    how: str

    def __str__(self) -> str:
        return f"{self.table}: {self.how}\n    {' '.join(self.statement.split())[:1500]}"


@dataclass
class Watch:
    """The statements that were run, each once."""

    statements: dict[str, Any] = field(default_factory=dict)

    def note(self, statement: str, parameters: Any) -> None:
        if statement.lstrip().upper().startswith(_EXPLAINED):
            self.statements.setdefault(statement, tuple(parameters) if isinstance(parameters, list) else parameters)


@contextmanager
def watching() -> Iterator[Watch]:
    """Note what goes through SQLAlchemy on any engine."""
    watch = Watch()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        watch.note(statement, parameters[0] if many and not isinstance(parameters, dict) else parameters)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class WatchedCursor:
    """A cursor of the driver's, as bulk transactions use it, that notes what it runs."""

    def __init__(self, cursor: DBAPICursor, watch: Watch) -> None:
        self._cursor = cursor
        self._watch = watch

    def execute(self, statement: str, parameters: Any = ()) -> Any:
        self._watch.note(statement, parameters)
        return self._cursor.execute(statement, parameters)

    def executemany(self, statement: str, rows: Any) -> Any:
        every = list(rows)
        if every:
            self._watch.note(statement, every[0])
        return self._cursor.executemany(statement, every)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def whole_readings(database: Database, watch: Watch) -> list[Reading]:
    """The large tables that these statements would read from one end to the other."""
    find = _on_postgresql if database.engine.dialect.name == "postgresql" else _on_sqlite
    with database.engine.connect() as connection:
        return [
            Reading(table, statement, how)
            for statement, parameters in watch.statements.items()
            for table, how in find(connection, statement, parameters)
            if table in LARGE
        ]


def _on_sqlite(connection: Connection, statement: str, parameters: Any) -> Iterator[tuple[str, str]]:
    """https://www.sqlite.org/eqp.html: SEARCH looks a key up, SCAN reads all, by an index maybe."""
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all():
        found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", row[3])
        if found is None:
            continue
        table, index = found.groups()
        by_number = re.search(rf"ORDER BY {table}\.id( DESC)?\s+LIMIT", statement)  # the table's own order
        ordered = by_number or (index is not None and "LIMIT" in statement)
        if index != _FEW and not ordered:
            yield table, row[3]


def _on_postgresql(connection: Connection, statement: str, parameters: Any) -> Iterator[tuple[str, str]]:
    # Such as months to come, or what is not erased yet of a month long past: nothing is faster than an index.
    nothing = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'i') AND reltuples <= 0"
    empty = set(connection.scalars(text(nothing)))
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    document = json.loads(plan) if isinstance(plan, str) else plan
    for relation, how in _read_whole(document[0]["Plan"], "", limited=False):
        if relation not in empty and how.rpartition(" ")[2] not in empty:
            yield _table(relation), how


def _read_whole(node: dict[str, Any], above: str, *, limited: bool) -> Iterator[tuple[str, str]]:
    """The relations that are read whole at or below a node; ``limited``: whoever asks stops after some rows."""
    kind = node["Node Type"]
    relation = node.get("Relation Name", above)
    limited = (limited or kind == "Limit") and kind not in (
        "Sort",
        "Aggregate",
        "Hash",
        "Materialize",
        "ModifyTable",
    )
    if kind == "Seq Scan":
        yield relation, kind
    bounded = "Index Cond" in node or node.get("Index Name", "").endswith(_FEW) or _is_of_open_ones(node)
    if kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan") and not bounded and not limited:
        yield relation, f"{kind} of all of {node['Index Name']}"
    for below in node.get("Plans", ()):
        yield from _read_whole(below, relation, limited=limited)


def _is_of_open_ones(node: dict[str, Any]) -> bool:
    # A partition's index is named after its columns.
    return str(node.get("Index Name", "")).endswith("_access_point_id_started_at_idx")


def _table(relation: str) -> str:
    return "sessions" if relation.startswith("sessions_") else relation
