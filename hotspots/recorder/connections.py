"""The recorder's end of the connections to the workers, and the bell that threads and signals wake it with."""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hotspots.recorder.messages import MOST_OCTETS

_MOST_UNSENT: Final = 2000
"""Messages that may wait for a worker which does not read: then it is cut off, and reads the database anew."""

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Worker:
    """The connection to one worker, and what could not be sent to it yet."""

    socket: socket.socket
    unsent: deque[bytes] = field(default_factory=deque)


class Connections:
    """Lets workers in, and carries whole messages from them and to them."""

    def __init__(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._workers: set[Worker] = set()

    def __bool__(self) -> bool:
        """Whether any worker is connected."""
        return bool(self._workers)

    def ring(self) -> None:
        """Have :meth:`wait` return; any thread or signal may call."""
        with contextlib.suppress(OSError):  # it has ended, or so much waits already that it looks in any case
            self._ringer.send(b"!")

    def wait(self, seconds: float) -> list[Worker]:
        """Those that have said something, once anybody has, or the bell rang, or the time is over."""
        speaking: list[Worker] = []
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._welcome()
            elif key.fileobj is self._bell:
                self._bell.recv(4096)
            else:
                # Both at once: a worker that has gone is still read to the end of what it sent.
                if events & selectors.EVENT_WRITE:
                    self._send_rest(key.data)
                if events & selectors.EVENT_READ:
                    speaking.append(key.data)
        return speaking

    def read(self, worker: Worker) -> Iterator[bytes]:
        """The messages of a worker that wait here; one that has gone is let go."""
        while True:
            try:
                message = worker.socket.recv(MOST_OCTETS)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self.dismiss(worker)
                return
            yield message

    def send_to_all(self, message: bytes) -> None:
        """Tell every worker."""
        for worker in list(self._workers):
            self.send(worker, message)

    def send(self, worker: Worker, message: bytes) -> None:
        """Tell one worker; nobody where it has gone."""
        if worker not in self._workers:
            return
        if worker.unsent:
            worker.unsent.append(message)
            if len(worker.unsent) > _MOST_UNSENT:
                _log.error("a worker does not read: it is cut off")
                self.dismiss(worker)
            return
        try:
            worker.socket.send(message)
        except BlockingIOError:
            worker.unsent.append(message)
            self._selector.modify(worker.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, worker)
        except OSError:
            pass  # it has gone, and is let go once all is read that it sent before

    def dismiss(self, worker: Worker) -> None:
        """Let a worker go: its unanswered batches are committed all the same, and it hands them over again."""
        self._workers.discard(worker)
        self._selector.unregister(worker.socket)
        worker.socket.close()

    def close(self) -> None:
        """Hang up everywhere."""
        for worker in list(self._workers):
            self.dismiss(worker)
        self._selector.close()
        self._bell.close()
        self._ringer.close()

    def _welcome(self) -> None:
        connection, _ = self._listener.accept()
        connection.setblocking(False)
        worker = Worker(connection)
        self._workers.add(worker)
        self._selector.register(connection, selectors.EVENT_READ, worker)

    def _send_rest(self, worker: Worker) -> None:
        try:
            while worker.unsent:
                worker.socket.send(worker.unsent[0])
                worker.unsent.popleft()
        except BlockingIOError:
            return
        except OSError:
            worker.unsent.clear()
        self._selector.modify(worker.socket, selectors.EVENT_READ, worker)
