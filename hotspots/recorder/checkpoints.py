"""Bringing SQLite's journal into its file without holding up the recorder (sqlite.org/wal.html, section 2.2).

By itself SQLite does so within a commit, for which all then wait 20 to 200 ms. Here a thread with a connection of its
own copies what there is while the recorder writes on; and when that has caught up but for a little, the recorder copies
the rest between two of its transactions (a millisecond), so that the journal begins anew instead of growing.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hotspots.bulk.sqlite import CHECKPOINT
from hotspots.database import Database

PAGES: Final = 4000
"""So many pages of 4 KiB in the journal are worth its beginning anew."""

EVERY_SECONDS: Final = 0.1
_LOOK_AGAIN_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


@contextmanager
def in_background(database: Database) -> Iterator[threading.Event]:
    """Copy until the block ends; the event says that the recorder should copy the rest. Never set on PostgreSQL."""
    due, stop = threading.Event(), threading.Event()
    if database.engine.dialect.name != "sqlite":
        yield due
        return
    thread = threading.Thread(target=_copy, args=(database, due, stop), name="checkpoints", daemon=True)
    thread.start()
    try:
        yield due
    finally:
        stop.set()
        thread.join()


def _copy(database: Database, due: threading.Event, stop: threading.Event) -> None:
    pause = EVERY_SECONDS
    while not stop.wait(pause):
        try:
            pause = _copy_until_idle(database, due, stop)
        except (SQLAlchemyError, sqlite3.Error) as error:
            # The recorder says by itself what this means for what it writes.
            _log.warning("the journal of the database is not copied: %s", str(error).partition("\n")[0])
            pause = _LOOK_AGAIN_SECONDS


def _copy_until_idle(database: Database, due: threading.Event, stop: threading.Event) -> float:
    """Copy as long as something is written; gives how long to wait before looking again."""
    with contextlib.closing(database.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        before = -1
        while not stop.is_set():
            cursor.execute(CHECKPOINT)
            _busy, pages, _copied = cursor.fetchone() or (0, 0, 0)
            if pages >= PAGES:
                due.set()
            if pages == before:
                return _LOOK_AGAIN_SECONDS
            before = pages
            stop.wait(EVERY_SECONDS)
    return 0.0
