"""INSERT ... ON CONFLICT DO UPDATE for both databases: many rows, one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as OrmSession


def upsert(
    db: OrmSession, table: Table, rows: Sequence[dict[str, Any]], keys: Sequence[str], *, add: bool = False
) -> None:
    """Insert rows that all have the same columns; where the keys are there already, replace the other columns.

    With ``add`` the other columns are added to what is there: for counters.
    """
    connection = db.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    others = [name for name in rows[0] if name not in keys]
    values = {
        name: table.c[name] + statement.excluded[name] if add else statement.excluded[name] for name in others
    }
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=values), list(rows))
