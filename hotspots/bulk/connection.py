"""The connections that bulk transactions run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

from hotspots.bulk.base import Bulk
from hotspots.bulk.postgresql import PostgresqlBulk
from hotspots.bulk.sqlite import CHECKPOINT, SqliteBulk
from hotspots.storage import commits

_ON_SQLITE: Final = "PRAGMA wal_autocheckpoint=64000"
"""The recorder has its checkpoints made beside it (:mod:`hotspots.recorder.checkpoints`); this is for the case that
they fail: a journal of 256 MB is brought in within a commit."""

_ON_POSTGRESQL: Final = (
    "SET hotspots.recorder = 'on'; SET jit = off;"
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
)
"""That we take our turns by ourselves; and that all statements here name rows by keys that have an index. PostgreSQL
keeps the plan of a prepared statement, and one made while a table was still small would read all of it long after it
has grown: 7 ms a commit instead of 1. To compile them would take longer than to run them."""


class BulkConnection:
    """A connection of one's own, opened when it is needed and kept; given up when anything goes wrong on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_postgresql = engine.dialect.name == "postgresql"
        self._connection: PoolProxiedConnection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Bulk]:
        """A transaction that is committed at the end, durably; rolled back where the block raises.

        Raises:
            SQLAlchemyError, sqlite3.Error, psycopg.Error: As the database says; see :func:`is_away`.
        """
        connection = self._connection = self._connection or self._open()
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            with closing(connection.cursor()) as cursor:
                if self._on_postgresql:
                    bulk: Bulk = PostgresqlBulk(cursor)
                else:
                    cursor.execute("BEGIN IMMEDIATE")
                    bulk = SqliteBulk(cursor)
                yield bulk
                bulk.finish()
            with commits.under_way():
                connection.commit()
            on_failure.pop_all()

    def checkpoint(self) -> None:
        """Bring what is left of SQLite's journal into its file, as far as no reader needs the older state.

        Raises:
            sqlite3.Error: The file cannot be written to.
        """
        if self._connection is None:
            return
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(CHECKPOINT)
            on_failure.pop_all()

    def _open(self) -> PoolProxiedConnection:
        connection = self._engine.raw_connection()
        with closing(connection.cursor()) as cursor:
            cursor.execute(_ON_POSTGRESQL if self._on_postgresql else _ON_SQLITE)
        if self._on_postgresql:
            connection.commit()
        return connection

    def close(self) -> None:
        """Let the connection go; what was not committed is rolled back."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None


@contextmanager
def transaction(engine: Engine) -> Iterator[Bulk]:
    """One transaction on a connection that is closed afterwards."""
    connection = BulkConnection(engine)
    try:
        with connection.transaction() as bulk:
            yield bulk
    finally:
        connection.close()
