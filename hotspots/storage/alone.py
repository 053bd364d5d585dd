"""Being the only one who works with an installation's state: what runs here, and who else is connected."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from hotspots.errors import HotspotsError, SettingsError
from hotspots.recorder import local_socket

LOCK: Final = "run.lock"
_MAGIC: Final = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
_STOP: Final = "Stop all processes of hotspots first, on all nodes"


class UnusableError(HotspotsError):
    """A file cannot be opened as a database."""


@contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock, which `hotspots run` and all that exchanges the database underneath it take.

    Raises:
        SettingsError: Somebody else holds it.
    """
    data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    with (data_dir / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"another hotspots run works in {data_dir}", "Stop it, or set HOTSPOTS_DATA_DIR to another folder"
            ) from None
        yield


@contextmanager
def stopped(data_dir: Path) -> Iterator[None]:
    """Make sure that nothing of ours runs in this folder, and keep it so.

    The recorder is asked for by itself, since in production each process is a unit of its own.

    Raises:
        HotspotsError: Something runs there; nothing was changed.
    """
    with alone_in(data_dir):
        with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
            local_socket.connect(data_dir / local_socket.NAME).close()
            raise HotspotsError(f"a recorder works in {data_dir}", _STOP)
        yield


def is_ours(folder: Path) -> bool:
    """Whether an installation keeps, or kept, its state in this folder."""
    return any((folder / name).exists() for name in (LOCK, local_socket.NAME))


def refuse_others_in_file(path: Path) -> None:
    """Make sure that nobody else has this SQLite file open.

    SQLite tells it itself: in WAL mode each connection that has read once keeps a lock on the file until it is
    closed. As the last one out this one brings the log into the file, which is then all there is of the database.

    Raises:
        HotspotsError: Somebody has it open; an :class:`UnusableError` where it cannot be opened as a database.
    """
    with path.open("rb") as file:
        begin = file.read(len(_MAGIC))
    if begin not in (_MAGIC, b""):
        # Not even opened by SQLite, which would do away with the log beside it.
        raise UnusableError(f"{path} cannot be used: file is not a database", "Name a file of this system")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise UnusableError(f"{path} cannot be opened: {error}", "Mend its permissions") from error
            raise HotspotsError(f"somebody works with {path}", _STOP) from error
        except sqlite3.DatabaseError as error:
            raise UnusableError(f"{path} cannot be used: {error}", "Name a file of this system") from error


def refuse_others(connection: Connection) -> None:
    """Make sure that nobody else is connected to this PostgreSQL database.

    Raises:
        HotspotsError: Somebody is.
    """
    # Within a transaction the first answer would be repeated.
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if others:
        raise HotspotsError(
            f"others are connected to {connection.engine.url}, {others} times",
            f"{_STOP}; pg_stat_activity lists who is connected",
        )
