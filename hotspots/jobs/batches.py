"""Much work in small transactions, so that logins and accounting never wait long for the writer's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database

ROWS: Final = 500
"""Rows that one transaction changes at most; below SQLite's limit of bound variables."""

_MOST_BATCHES: Final = 200


def in_batches(database: Database, step: Callable[[OrmSession], int]) -> int:
    """Call ``step``, each time in a transaction of its own, until it changes fewer than :data:`ROWS` rows.

    What is left after 200 batches waits for the next run. Returns how many rows were changed.
    """
    total = 0
    for _ in range(_MOST_BATCHES):
        with database.write() as db:
            changed = step(db)
        total += changed
        if changed < ROWS:
            break
    return total


def delete_in_batches(database: Database, key: InstrumentedAttribute[Any], *which: ColumnElement[bool]) -> int:
    """Delete the rows of the key's table for which all of this holds; how many they were. See :func:`in_batches`."""

    def step(db: OrmSession) -> int:
        keys = db.scalars(select(key).where(*which).limit(ROWS)).all()
        if keys:
            db.execute(delete(key.class_).where(key.in_(keys)))
        return len(keys)

    return in_batches(database, step)
