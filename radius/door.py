"""A UDP socket in the loop: reads what waits in batches, and sends in batches."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Final

from radius import datagrams
from radius.datagrams import Datagram
from radius.log_once import LogOnce
from radius.receiving import Address

REST_SECONDS: Final = 0.002
"""So long nothing is read where what was read before is not dealt with yet; meanwhile it waits in the socket."""

MOST_WAITING: Final = 4096
"""Datagrams that wait for a network which takes no more; beyond that they are let be."""


class Door:
    """One socket of a server."""

    def __init__(self, bound: socket.socket) -> None:
        bound.setblocking(False)
        self._socket = bound
        self._datagrams = datagrams.of(bound)
        self._outgoing: list[Datagram] = []
        self._flush_is_due = False
        self._blocked = False
        self._resting: asyncio.TimerHandle | None = None
        self._warnings = LogOnce(logging.getLogger(__name__))
        self._loop = asyncio.get_running_loop()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    def open(
        self, received: Callable[[Sequence[Datagram]], None], is_behind: Callable[[], bool] = lambda: False
    ) -> None:
        """Begin to read: ``received`` is called with what was read in one go, and again once nothing is behind."""
        self._received, self._is_behind = received, is_behind
        self._loop.add_reader(self._socket, self._read)

    def shut(self) -> None:
        """Read no more; what is sent still goes out."""
        self._loop.remove_reader(self._socket)
        if self._resting is not None:
            self._resting.cancel()

    def close(self) -> None:
        """Give the socket back, once what waits is sent as far as the network takes it."""
        self.flush()
        if self._blocked:
            self._blocked = False
            self._loop.remove_writer(self._socket)
        self._outgoing.clear()
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """Send with the others of this turn of the loop, or let it be: who gets no answer asks again."""
        self._outgoing.append((datagram, address))
        if not self._flush_is_due:
            self._flush_is_due = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Send now what is to be sent in this turn, as far as the network takes it."""
        self._flush_is_due = False
        while self._outgoing:
            try:
                sent = self._datagrams.send(self._outgoing)
            except OSError as error:
                _, address = self._outgoing[0]
                self._warnings.warn(address[0], self._loop.time(), "%s cannot be answered: %s", address[0], error)
                sent = 1
            if not sent:
                self._wait_for_room()
                return
            del self._outgoing[:sent]
        if self._blocked:
            self._blocked = False
            self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        try:
            arrived = self._datagrams.receive()
        except OSError as error:
            self._warnings.warn("", self._loop.time(), "a datagram could not be read: %s", error)
            return
        if not arrived:
            return
        self._flush_is_due = True
        try:
            self._received(arrived)
        finally:
            self.flush()
        if self._is_behind():
            self._loop.remove_reader(self._socket)
            self._resting = self._loop.call_later(REST_SECONDS, self._go_on)

    def _go_on(self) -> None:
        if self._is_behind():
            self._resting = self._loop.call_later(REST_SECONDS, self._go_on)
        else:
            self._resting = None
            self._loop.add_reader(self._socket, self._read)

    def _wait_for_room(self) -> None:
        if len(self._outgoing) > MOST_WAITING:
            self._warnings.warn("", self._loop.time(), "the network takes no more: answers are let be")
            del self._outgoing[:-MOST_WAITING]
        if not self._blocked:
            self._blocked = True
            self._loop.add_writer(self._socket, self.flush)
