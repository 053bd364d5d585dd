"""Fills rlm_sql's tables with the users, in Debian's schema, which is read from the installed package."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg

from benchmarks.freeradius.raddb import DEBIAN, REPLY
from benchmarks.freeradius.setups import Store
from benchmarks.population import Population

_SCHEMAS = DEBIAN / "mods-config" / "sql" / "main"
_GROUP = "od-2018"

Rows = Sequence[tuple[str | int, ...]]


def _schema(store: Store) -> str:
    return (_SCHEMAS / store / "schema.sql").read_text()


def _rows(population: Population) -> dict[str, Rows]:
    """Rows by the statement that takes them; a plan is a group, as operators keep them."""
    return {
        "INSERT INTO radcheck (username, attribute, op, value) VALUES (?, ?, ?, ?)": [
            (code, "Cleartext-Password", ":=", code) for code in population.codes
        ],
        "INSERT INTO radusergroup (username, groupname, priority) VALUES (?, ?, ?)": [
            (code, _GROUP, 1) for code in population.codes
        ],
        "INSERT INTO radgroupreply (groupname, attribute, op, value) VALUES (?, ?, ?, ?)": [
            (_GROUP, name, ":=", str(value)) for name, value in REPLY
        ],
    }


def make_sqlite(path: Path, population: Population, *, write_ahead_log: bool) -> None:
    """A new database file; whether it keeps a write-ahead log is written in the file itself."""
    connection = sqlite3.connect(path)
    try:
        if write_ahead_log:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_schema(Store.SQLITE))
        with connection:
            for statement, rows in _rows(population).items():
                connection.executemany(statement, rows)
        connection.execute("ANALYZE")
    finally:
        connection.close()


def fill_postgresql(url: str, population: Population) -> None:
    """The tables and users in an empty database."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(_schema(Store.POSTGRESQL).encode())
        for statement, rows in _rows(population).items():
            cursor.executemany(statement.replace("?", "%s").encode(), rows)
        cursor.execute("ANALYZE")
