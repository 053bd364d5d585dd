"""A backup file: an SQLite database with all rows, and beside them what they are and a digest of all of it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from hotspots.errors import HotspotsError
from hotspots.storage import durable

TABLE: Final = "backup"
"""Not one of ours: it holds the facts and never comes into a database that is in use."""

_ROWS_AT_ONCE: Final = 1000
_DAMAGED: Final = "Take another backup; hotspots was not touched"


class Facts(msgspec.Struct, frozen=True):
    """What a backup is of.

    ``key_check`` is derived from the secret key, which itself is never in a backup. ``rows`` are those of each table.
    ``settings`` are those in force, without the secret ones. ``sha256`` is over all of that and all tables.
    """

    made_at: datetime
    program: str
    revision: str
    source: str
    key_check: str
    rows: dict[str, int]
    settings: dict[str, str]
    sha256: str = ""


def make_engine(path: Path) -> Engine:
    """An engine that fills a file quickly: without journal, since what fails is thrown away, not rolled back."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    def prepare(connection: Any, _record: object) -> None:
        # What refers to a row that was deleted long ago must not keep the rest from being saved.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def seal(path: Path, facts: Facts) -> Facts:
    """Write the facts with the digest into the file, and bring it to the disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        sealed = msgspec.structs.replace(facts, sha256=_digest(connection, facts))
        connection.execute(f"CREATE TABLE {TABLE} (facts TEXT NOT NULL)")
        connection.execute(f"INSERT INTO {TABLE} VALUES (?)", (msgspec.json.encode(sealed).decode(),))  # noqa: S608 - ours
    durable.sync(path)
    return sealed


def verify(path: Path) -> Facts:
    """Read all of a backup, and make sure that it is whole: by SQLite's own check, and by its digest.

    Raises:
        HotspotsError: It is missing, no backup of ours, or damaged.
    """
    if not path.is_file():
        raise HotspotsError(f"there is no backup at {path}", "Name a file that hotspots backup made")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
            facts = _facts(path, connection)
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise HotspotsError(f"the backup {path} is damaged: {said.splitlines()[-1]}", _DAMAGED)
            if _digest(connection, facts) != facts.sha256:
                raise HotspotsError(
                    f"the backup {path} is damaged: its rows are not those that were saved", _DAMAGED
                )
    except sqlite3.Error as error:
        raise HotspotsError(f"the backup {path} cannot be read: {error}", _DAMAGED) from error
    return facts


def unseal(path: Path) -> None:
    """Take the facts out, so that only the tables of the program are left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"DROP TABLE {TABLE}")


def _facts(path: Path, connection: sqlite3.Connection) -> Facts:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
        raise HotspotsError(
            f"{path} is a database, but no backup of hotspots", "Name a file that hotspots backup made"
        )
    try:
        (text,) = connection.execute(f"SELECT facts FROM {TABLE}").fetchone()  # noqa: S608 - ours
        return msgspec.json.decode(text, type=Facts)
    except (TypeError, msgspec.MsgspecError) as error:
        raise HotspotsError(
            f"the backup {path} is damaged: what it says of itself cannot be read", _DAMAGED
        ) from error


def _digest(connection: sqlite3.Connection, facts: Facts) -> str:
    """Over the facts, and the definition and rows of all tables as SQLite holds them, whatever version they are of."""
    lines = msgspec.json.Encoder()
    sha256 = hashlib.sha256(lines.encode(msgspec.structs.replace(facts, sha256="")))
    connection.text_factory = bytes  # damaged text may be none
    try:
        for rows in _all(connection):
            sha256.update(lines.encode_lines(rows))
    finally:
        connection.text_factory = str
    return sha256.hexdigest()


def _all(connection: sqlite3.Connection) -> Iterator[list[Any]]:
    yield connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name <> ? ORDER BY type, name", (TABLE,)
    ).fetchall()
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ? ORDER BY name", (TABLE,)
    ).fetchall()
    for (name,) in names:
        yield [name]
        # Each table has a rowid (https://www.sqlite.org/rowidtable.html), and no backup is ever changed.
        rows = connection.execute(f'SELECT * FROM "{name.decode()}" ORDER BY rowid')  # noqa: S608 - ours
        while batch := rows.fetchmany(_ROWS_AT_ONCE):
            yield batch
