"""The recorders of other nodes on the same PostgreSQL: each tells the others what it has written (NOTIFY, LISTEN).

A word is part of the transaction that it tells of, so it comes if and when that is committed. It is lost where a
listener was away; who comes back has its workers read what they missed.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from hotspots.bulk import Bulk
from hotspots.database import Database
from hotspots.policy import Subject
from hotspots.recorder.messages import Happened, Look, encode
from hotspots.sessions.stay import Stay

HAPPENED: Final = "hotspots_happened"
CHANGES: Final = "hotspots_changes"
"""A trigger on the table of notices speaks here, whoever wrote them."""

MOST_OCTETS: Final = 7999
"""The longest word that PostgreSQL carries (its manual, NOTIFY)."""

_MOST_AT_ONCE: Final = 40
"""Stays in one word; it is cut in halves where they are too long."""

_LOOK_UP_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)

Stays = Sequence[tuple[Subject, Stay]]
Tickets = Sequence[tuple[str, datetime]]


def tell(db: Bulk, node: str, stays: Stays, tickets: Tickets) -> None:
    """Have the other nodes hear of it when the transaction is committed; nothing on SQLite, which has one node."""
    if not db.on_postgresql:
        return
    for start in range(0, max(len(stays), len(tickets)), _MOST_AT_ONCE):
        part = slice(start, start + _MOST_AT_ONCE)
        for word in _words(node, stays[part], tickets[part]):
            db.scalar("SELECT pg_notify(?, ?)", HAPPENED, word)


def _words(node: str, stays: Stays, tickets: Tickets) -> Iterator[str]:
    word = f"{node} {base64.b64encode(encode(Happened(list(stays), list(tickets)))).decode()}"
    if len(word) <= MOST_OCTETS:
        yield word
        return
    for half in (slice(None, None, 2), slice(1, None, 2)):
        yield from _words(node, stays[half], tickets[half])


@contextmanager
def listening(database: Database, node: str, heard: Callable[[bytes], None]) -> Iterator[None]:
    """Pass on to ``heard``, in a thread of its own, messages for the workers of this node; nothing on SQLite.

    What the node itself said is left out. Where the database is away, it is asked again every second.
    """
    if database.engine.dialect.name != "postgresql":
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_listen, args=(database, node, heard, stop), name="neighbours", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _listen(database: Database, node: str, heard: Callable[[bytes], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with contextlib.closing(_connection(database)) as connection:
                _pass_on(connection, node, heard, stop)
        except (SQLAlchemyError, psycopg.Error) as error:
            _log.warning("other nodes cannot be heard: %s", str(error).partition("\n")[0])
            stop.wait(_RETRY_SECONDS)


def _connection(database: Database) -> psycopg.Connection:
    """One that no pool wants back."""
    pooled = database.engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - the only driver for PostgreSQL that we take
    connection.autocommit = True
    return connection


def _pass_on(
    connection: psycopg.Connection, node: str, heard: Callable[[bytes], None], stop: threading.Event
) -> None:
    connection.execute(f"LISTEN {HAPPENED}")
    connection.execute(f"LISTEN {CHANGES}")
    heard(encode(Look(missed=True)))
    while not stop.is_set():
        for notify in connection.notifies(timeout=_LOOK_UP_SECONDS, stop_after=1):
            if notify.channel == CHANGES:
                heard(encode(Look(missed=False)))
                continue
            speaker, _, word = notify.payload.partition(" ")
            if speaker != node:
                heard(base64.b64decode(word))
