"""Datagrams of a UDP socket, many in one system call: recvmmsg(2) and sendmmsg(2).

A profile of the worker said that 28 % of the processor's time of a login went into ``sendto`` and 5 % into
``recvfrom``, half of it the way into the kernel and back. Python has no name for the calls that take many, so ctypes
asks libc, with room that is made once. Where libc has none of them, :class:`OneByOne` does the same.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

from radius.receiving import Address
from radius.wire import MAX_PACKET_OCTETS

Datagram = tuple[bytes, Address]
"""The octets, and the peer."""

MOST_AT_ONCE: Final = 32
"""Datagrams in one call: enough to share its cost, few enough that the first of them does not wait long."""

_ADDRESSES_REMEMBERED: Final = 16_384
_HEADER_OCTETS: Final = 64
_HEADER_WORDS: Final = _HEADER_OCTETS // 4
_LENGTH_AT: Final = 14  # of ``transferred`` in a _Header, in words of four octets


class _Part(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("parts", ctypes.c_void_p),
        ("part_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Header(ctypes.Structure):
    """struct mmsghdr: a message, and how many octets of it were received or sent."""

    _fields_ = (("message", _Message), ("transferred", ctypes.c_uint32))


class Datagrams(Protocol):
    """What waits at a socket that does not block, and the way out of it."""

    def receive(self) -> list[Datagram]:
        """At most :data:`MOST_AT_ONCE` that wait; what is longer than a packet may be is cut.

        Raises:
            OSError: The socket is broken.
        """
        ...

    def send(self, datagrams: Sequence[Datagram]) -> int:
        """Send these, and say how many of them are gone: fewer where the socket's buffer is full.

        None may be longer than :data:`radius.wire.MAX_PACKET_OCTETS`.

        Raises:
            OSError: The first of them cannot be sent.
        """
        ...


def of(bound: socket.socket) -> Datagrams:
    """The datagrams of a bound socket, by the quickest way that this system has."""
    calls = _libc_calls() if bound.family in (socket.AF_INET, socket.AF_INET6) else None
    return OneByOne(bound) if calls is None else Batched(bound, *calls)


class OneByOne:
    """A system call for each datagram."""

    def __init__(self, bound: socket.socket) -> None:
        self._socket = bound

    def receive(self) -> list[Datagram]:
        """As :meth:`Datagrams.receive`."""
        received: list[Datagram] = []
        try:
            while len(received) < MOST_AT_ONCE:
                received.append(self._socket.recvfrom(MAX_PACKET_OCTETS))
        except BlockingIOError:
            pass
        except OSError:
            if not received:  # else it will say so again
                raise
        return received

    def send(self, datagrams: Sequence[Datagram]) -> int:
        """As :meth:`Datagrams.send`."""
        for sent, (octets, address) in enumerate(datagrams):
            try:
                self._socket.sendto(octets, address)
            except BlockingIOError:
                return sent
            except OSError:
                if not sent:
                    raise
                return sent
        return len(datagrams)


class _Room:
    """Room for as many datagrams as one call takes, with the headers that point into it."""

    def __init__(self, name_octets: int) -> None:
        count = MOST_AT_ONCE
        octets, names = bytearray(count * MAX_PACKET_OCTETS), bytearray(count * name_octets)
        parts = bytearray(count * ctypes.sizeof(_Part))
        headers = bytearray(count * _HEADER_OCTETS)
        for place, (part, header) in enumerate(
            zip((_Part * count).from_buffer(parts), (_Header * count).from_buffer(headers), strict=True)
        ):
            part.base, part.length = _where(octets) + place * MAX_PACKET_OCTETS, MAX_PACKET_OCTETS
            message = header.message
            message.name, message.name_length = _where(names) + place * name_octets, name_octets
            message.parts, message.part_count = ctypes.addressof(part), 1
        # A field of a ctypes structure takes three times as long as an item of a memoryview.
        self.octets, self.names = memoryview(octets), memoryview(names)
        self.capacities = memoryview(parts).cast("L")[1::2]
        self.lengths = memoryview(headers).cast("I")[_LENGTH_AT::_HEADER_WORDS]
        self.at = _where(headers)


class Batched:
    """One system call for up to :data:`MOST_AT_ONCE` datagrams."""

    def __init__(self, bound: socket.socket, recvmmsg: Callable[..., int], sendmmsg: Callable[..., int]) -> None:
        self._number = bound.fileno()
        self._recvmmsg, self._sendmmsg = recvmmsg, sendmmsg
        wide = bound.family == socket.AF_INET6
        self._name_octets = 28 if wide else 16  # of struct sockaddr_in6 and struct sockaddr_in
        self._read_name, self._write_name = (_read_ipv6, _write_ipv6) if wide else (_read_ipv4, _write_ipv4)
        self._incoming, self._outgoing = _Room(self._name_octets), _Room(self._name_octets)

    def receive(self) -> list[Datagram]:
        """As :meth:`Datagrams.receive`."""
        room, name_octets, read_name = self._incoming, self._name_octets, self._read_name
        count = self._recvmmsg(self._number, room.at, MOST_AT_ONCE, socket.MSG_DONTWAIT, None)
        if count < 0:
            _raise_unless_blocked()
            return []
        octets, names = room.octets, room.names
        received: list[Datagram] = []
        start = name_start = 0
        for length in room.lengths[:count].tolist():
            peer = read_name(names[name_start : name_start + name_octets].tobytes())
            received.append((octets[start : start + length].tobytes(), peer))
            start += MAX_PACKET_OCTETS
            name_start += name_octets
        return received

    def send(self, datagrams: Sequence[Datagram]) -> int:
        """As :meth:`Datagrams.send`."""
        room, name_octets, write_name = self._outgoing, self._name_octets, self._write_name
        octets, names, capacities = room.octets, room.names, room.capacities
        count = start = name_start = 0
        try:
            for datagram, peer in datagrams[:MOST_AT_ONCE]:
                names[name_start : name_start + name_octets] = write_name(peer)
                length = capacities[count] = len(datagram)
                octets[start : start + length] = datagram
                count += 1
                start += MAX_PACKET_OCTETS
                name_start += name_octets
        except OSError:
            if not count:  # else it will be the first in its turn
                raise
        sent = self._sendmmsg(self._number, room.at, count, socket.MSG_DONTWAIT)
        if sent < 0:
            _raise_unless_blocked()
            return 0
        return sent


def _raise_unless_blocked() -> None:
    number = ctypes.get_errno()
    error = OSError(number, os.strerror(number))
    if not isinstance(error, (BlockingIOError, InterruptedError)):
        raise error


def _where(room: bytearray) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(room))


@lru_cache(maxsize=1)
def _libc_calls() -> tuple[Callable[..., int], Callable[..., int]] | None:
    """Both calls, where the structures above are those of this system: Linux with 64 bits."""
    if ctypes.sizeof(_Header) != _HEADER_OCTETS or sys.platform != "linux":
        return None
    libc: Any = ctypes.CDLL(None, use_errno=True)
    try:
        recvmmsg, sendmmsg = libc.recvmmsg, libc.sendmmsg
    except AttributeError:
        return None
    number, room, count, flags = ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int
    recvmmsg.argtypes = (number, room, count, flags, ctypes.c_void_p)
    sendmmsg.argtypes = (number, room, count, flags)
    return recvmmsg, sendmmsg


# The kernel's form of an address (ip(7), ipv6(7)); those of our gateways come again and again.


@lru_cache(maxsize=_ADDRESSES_REMEMBERED)
def _read_ipv4(name: bytes) -> Address:
    return socket.inet_ntop(socket.AF_INET, name[4:8]), int.from_bytes(name[2:4], "big")


@lru_cache(maxsize=_ADDRESSES_REMEMBERED)
def _write_ipv4(peer: Address) -> bytes:
    return struct.pack("=H", socket.AF_INET) + struct.pack(
        ">H4s8x", peer[1], socket.inet_pton(socket.AF_INET, peer[0])
    )


@lru_cache(maxsize=_ADDRESSES_REMEMBERED)
def _read_ipv6(name: bytes) -> Address:
    port, flow, host = struct.unpack(">HI16s", name[2:24])
    (scope,) = struct.unpack("=I", name[24:28])
    return socket.inet_ntop(socket.AF_INET6, host), port, flow, scope


@lru_cache(maxsize=_ADDRESSES_REMEMBERED)
def _write_ipv6(peer: Address) -> bytes:
    flow, scope = peer[2:] or (0, 0)
    host = socket.inet_pton(socket.AF_INET6, peer[0])
    return (
        struct.pack("=H", socket.AF_INET6) + struct.pack(">HI16s", peer[1], flow, host) + struct.pack("=I", scope)
    )
