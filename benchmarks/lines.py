"""A gateway's end of UDP or TLS: so many requests in flight, the next one sent when an answer comes."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Final, NamedTuple, Protocol

from benchmarks.load import BadReplyError
from radius.numbers import Code
from radius.radsec.framing import Framing

_MOST_OCTETS: Final = 65_536
_SILENCE_SECONDS: Final = 10.0


class Measured(NamedTuple):
    """What came of a number of requests."""

    a_second: float
    p50_ms: float
    p99_ms: float
    busy: float
    """Part of the time that this process itself was at work: near 1 the figures are its own."""


class Carrier(Protocol):
    """What carries packets."""

    @property
    def socket(self) -> socket.socket:
        """What is waited at."""
        ...

    def send(self, packet: bytes) -> None:
        """Send one."""
        ...

    def received(self) -> list[bytes]:
        """All that have come."""
        ...


class Datagrams:
    """UDP."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self.socket = connected

    def send(self, packet: bytes) -> None:
        """As :meth:`Carrier.send`."""
        self.socket.send(packet)

    def received(self) -> list[bytes]:
        """As :meth:`Carrier.received`."""
        packets = []
        try:
            while True:
                packets.append(self.socket.recv(_MOST_OCTETS))
        except BlockingIOError:
            return packets


class Stream:
    """A TLS connection; each packet is a record of its own, as proxies send them."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        connection.setblocking(False)
        self.socket = connection
        self._framing = Framing()

    def send(self, packet: bytes) -> None:
        """As :meth:`Carrier.send`."""
        self.socket.send(packet)

    def received(self) -> list[bytes]:
        """As :meth:`Carrier.received`."""
        packets: list[bytes] = []
        try:
            while octets := self.socket.recv(_MOST_OCTETS):
                packets += self._framing.feed(octets)
        except ssl.SSLWantReadError:
            return packets
        raise BadReplyError("the server has ended a connection")


class Line:
    """One carrier and what is to be sent on it; the packets' identifiers come round in order."""

    def __init__(self, carrier: Carrier, packets: Sequence[bytes]) -> None:
        self.carrier = carrier
        self._packets = iter(packets)
        self._sent_at: dict[int, float] = {}
        self.took: list[float] = []

    def ask(self) -> None:
        """Send the next, if there is one."""
        packet = next(self._packets, None)
        if packet is not None:
            self._sent_at[packet[1]] = time.perf_counter()
            self.carrier.send(packet)

    def hear(self) -> None:
        """Take what has been answered, and ask as often.

        Raises:
            BadReplyError: Something else than an Accept, or to nothing that was asked.
        """
        for reply in self.carrier.received():
            at = self._sent_at.pop(reply[1], None)
            if at is None or reply[0] != Code.ACCESS_ACCEPT:
                raise BadReplyError(f"an answer with code {reply[0]} to request {reply[1]}")
            self.took.append(time.perf_counter() - at)
            self.ask()

    @property
    def is_done(self) -> bool:
        """Whether nothing waits for an answer."""
        return not self._sent_at


def measure(lines: Sequence[Line], in_flight: int) -> Measured:
    """Send all, with so many in flight on each line.

    Raises:
        BadReplyError: An answer was wrong, or none came for ten seconds.
    """
    began, worked = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.carrier.socket, selectors.EVENT_READ, line)
            for _ in range(in_flight):
                line.ask()
        while not all(line.is_done for line in lines):
            ready = selector.select(_SILENCE_SECONDS)
            if not ready:
                raise BadReplyError(f"no answer for {_SILENCE_SECONDS:.0f} s")
            for key, _ in ready:
                key.data.hear()
    seconds = time.perf_counter() - began
    took = [each for line in lines for each in line.took]
    busy = (time.process_time() - worked) / seconds
    return Measured(len(took) / seconds, median(took) * 1000, quantiles(took, n=100)[98] * 1000, busy)
