"""A UDP socket in the loop: reads what waits in batches, and sends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final

from radius.log_once import LogOnce
from radius.receiving import Address
from radius.wire import MAX_PACKET_OCTETS

MOST_AT_ONCE: Final = 64
"""Datagrams read at one wake-up: enough to share its cost, few enough that the other sockets get their turn."""


class Door:
    """One socket of a server."""

    def __init__(self, bound: socket.socket) -> None:
        bound.setblocking(False)
        self._socket = bound
        self._warnings = LogOnce(logging.getLogger(__name__))
        self._clock = asyncio.get_running_loop().time

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    def open(self, received: Callable[[bytes, Address], None], rested: Callable[[], None]) -> None:
        """Begin to read: ``received`` is called with each datagram, ``rested`` when a batch of them is through."""
        asyncio.get_running_loop().add_reader(self._socket, self._read, received, rested)

    def shut(self) -> None:
        """Read no more; what is sent still goes out."""
        asyncio.get_running_loop().remove_reader(self._socket)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> None:
        """Send, or let it be: who gets no answer asks again, and is given the same one."""
        try:
            self._socket.sendto(datagram, address)
        except OSError as error:
            self._warnings.warn(address[0], self._clock(), "%s cannot be answered: %s", address[0], error)

    def _read(self, received: Callable[[bytes, Address], None], rested: Callable[[], None]) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, address = self._socket.recvfrom(MAX_PACKET_OCTETS)
            except BlockingIOError:
                break
            except OSError as error:
                self._warnings.warn("", self._clock(), "a datagram could not be read: %s", error)
                break
            received(datagram, address)
        rested()
