"""The database: how it is opened, read and written; SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, insert
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction

from hotspots import keys
from hotspots.models import Base, Change
from hotspots.sessions import limit_changes
from hotspots.settings import Settings
from hotspots.storage import commits
from hotspots.vault import Vault

BUSY_TIMEOUT_SECONDS = 10

_POSTGRESQL: Final = {
    "connect_timeout": 5,
    # A server that is gone without a word, power and all, is noticed within so long (libpq, tcp(7)).
    "tcp_user_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "options": f"-c lock_timeout={BUSY_TIMEOUT_SECONDS}s -c idle_in_transaction_session_timeout=60s",
}


class Database:
    """The engine, and the vault that opens the secrets kept in it.

    ``read()`` and ``write()`` each give an ORM session in one transaction: ``write()`` commits at the end of the
    block, and rolls back when the block raises.
    """

    def __init__(self, url: URL, vault: Vault) -> None:
        self.engine = make_engine(url)
        self.vault = vault
        self._writing = self.engine.execution_options(write=True)

    @contextmanager
    def read(self) -> Iterator[OrmSession]:
        """A session that sees one consistent state and never waits for a writer (SQLite's WAL)."""
        with OrmSession(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[OrmSession]:
        """A session that commits at the end; workers are told of what they hold in memory in the same commit."""
        with ExitStack() as end, OrmSession(self._writing, expire_on_commit=False) as session, session.begin():
            event.listen(session, "after_flush", _announce)
            yield session
            session.flush()  # may wait for somebody's lock, which is no commit that does not end
            end.enter_context(commits.under_way())

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database that the settings name; nothing is connected yet.

    Side effects:
        The folder of an SQLite file is made where it is missing.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url, Vault(keys.derive(settings.secret_key, keys.SECRETS_AT_REST)))


def make_engine(url: URL) -> Engine:
    """An engine with the durability that accounting is answered on: commits are on disk when they return."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args=_postgresql_arguments(url))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_arguments(url: URL) -> dict[str, Any]:
    """What we ask of a connection, except where the address says otherwise."""
    arguments = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
    options = url.query.get("options")
    if options is not None:
        # Of two values for one setting the later is taken (libpq, its chapter 34.1.2).
        theirs = options if isinstance(options, str) else " ".join(options)
        arguments["options"] = f"{_POSTGRESQL['options']} {theirs}"
    return arguments


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is deferred: a transaction that reads before it writes would then fail at once with
    # "database is locked" when another writer came between. _begin_sqlite decides instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # The indexes of a month's sessions fit into 32 MiB, and a checkpoint, for which all commits wait, comes only
    # after 64 MiB: a quarter more accounting a second.
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA wal_autocheckpoint=16000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _announce(session: OrmSession, _context: UOWTransaction) -> None:
    """Write a notice for each row that RADIUS workers hold a copy of, so that no caller can forget it."""
    now = datetime.now(UTC)
    limit_changes.ask(session, now)
    notices = [
        {"topic": row.notice_topic, "key": _key(row), "at": now}
        for row in (*session.new, *session.dirty, *session.deleted)
        if isinstance(row, Base) and row.notice_topic is not None
    ]
    if notices:
        session.execute(insert(Change), notices)


def _key(row: Base) -> str:
    return str(getattr(row, "device", None) or getattr(row, "id", ""))
