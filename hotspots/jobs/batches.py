"""Much work in small transactions, so that logins and accounting never wait long for the writer's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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
