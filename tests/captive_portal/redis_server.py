"""A Redis of one's own, from Debian, in memory, on a free port of 127.0.0.1."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Redis:
    """A running server: ``url`` for those who count in it; it can be stopped in the middle of a test."""

    def __init__(self, folder: Path) -> None:
        assert shutil.which("redis-server"), "redis-server is missing: apt-get install redis-server"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ("--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder))
        self._process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                with socket.create_connection(("127.0.0.1", self._port), 1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(7) == b"+PONG\r\n":
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("redis-server does not answer")

    def counts(self) -> int:
        """How many things are counted in it at present."""
        with socket.create_connection(("127.0.0.1", self._port), 5) as connection:
            connection.sendall(b"DBSIZE\r\n")
            return int(connection.recv(64).decode().strip().removeprefix(":"))

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def running(folder: Path) -> Iterator[Redis]:
    server = Redis(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
