"""The local socket between workers and recorder: whole messages, in order, reliably (SOCK_SEQPACKET, unix(7))."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hotspots.errors import HotspotsError

NAME: Final = "recorder.sock"
_BACKLOG: Final = 64


def listen(path: Path) -> socket.socket:
    """A listening socket at this path; only the same user may connect.

    Raises:
        HotspotsError: Another recorder listens there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
        connect(path).close()
        raise HotspotsError(
            f"another recorder listens at {path}", "Stop it, or set HOTSPOTS_DATA_DIR to another folder"
        )
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with _short(path) as name:
        before = os.umask(0o177)
        try:
            listener.bind(name)
        finally:
            os.umask(before)
    listener.listen(_BACKLOG)
    return listener


def connect(path: Path) -> socket.socket:
    """A connection that never blocks.

    Raises:
        OSError: Nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.setblocking(False)
        with _short(path) as name:
            connection.connect(name)
    except OSError as error:
        connection.close()
        if error.errno == errno.EAGAIN:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "too many wait to be let in") from error
        raise
    return connection


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path by way of its open folder: a socket's name may have 107 octets only (unix(7))."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
