"""The worker's side of a process that hashes passwords (:mod:`radius.hasher`)."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Final, Protocol

from radius import hasher

Told = Callable[[bool | None], None]
"""Told whether a password is right; None where that could not be found out."""

_ANSWERS: Final = {hasher.RIGHT: True, hasher.WRONG: False}


class Hasher(Protocol):
    """Hashes one password at a time, beside the loop."""

    def ask(self, password_hash: str, password: bytes, told: Told) -> None:
        """Find out whether the hash was made from the password; ``told`` is called later, in the loop."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        ...

    def stop(self) -> None:
        """End at once; whoever waits is told nothing."""
        ...


class HasherProcess:
    """A process of its own, which ends with the worker, however that ends. Belongs to the running loop."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: The system has no room for another process.
        """
        self._told: Told | None = None
        self._loop = asyncio.get_running_loop()
        # Messages stay whole, and the end of either side is told to the other.
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - this Python and a module of ours
                [sys.executable, "-P", "-m", hasher.__name__],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # with that the system divides the processor
            )
        except OSError:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self._alive = True
        self._loop.add_reader(self._socket, self._read)

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._alive

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, password_hash: str, password: bytes, told: Told) -> None:
        """Find out whether the hash was made from the password; ``told`` is called later, in the loop."""
        self._told = told
        try:
            self._socket.send(hasher.question(password_hash, password))
        except OSError:
            # It has just died: what is read next is the end.
            self._loop.call_soon(self._read)

    def stop(self) -> None:
        """End at once; whoever waits is told nothing."""
        self._told = None
        self._end()

    def _read(self) -> None:
        if not self._alive:
            return
        try:
            answer = self._socket.recv(hasher.MOST_OCTETS)
        except BlockingIOError:
            return
        except ConnectionError:
            answer = b""
        if not answer:
            self._end()
        told, self._told = self._told, None
        if told is not None:
            told(_ANSWERS.get(answer))

    def _end(self) -> None:
        if self._alive:
            self._alive = False
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._process.kill()
            self._process.wait()
