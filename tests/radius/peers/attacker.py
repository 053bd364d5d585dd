"""The attacker of CVE-2024-3596 ("BlastRADIUS") on the wire between a client and a server.

The attack makes an Access-Accept out of an Access-Reject. The Response Authenticator is an MD5 digest over the reply
and the secret, so whoever can foretell how the reply begins can find two beginnings of the same digest, one of a
Reject and one of an Accept; what differs is put into a Proxy-State that the server sends back. Finding one takes
minutes on many processors, so here the secret stands in for that work, and for that alone: :meth:`Attacker.forge`
makes a forged reply only from a Reject for which the work could have been done beforehand.
"""

from __future__ import annotations

import hashlib
import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from radius.wire import HEADER_OCTETS, AttributeValue, join, parse

ACCEPT, REJECT = 2, 3
MESSAGE_AUTHENTICATOR, PROXY_STATE = 80, 33
COLLISION = bytes(range(200))
"""What stands for the octets that make the digests collide."""

OnTheWay = Callable[[bytes], bytes]


def strip(datagram: bytes) -> bytes:
    """Without Message-Authenticator."""
    return _with(datagram, [pair for pair in parse(datagram).attributes if pair[0] != MESSAGE_AUTHENTICATOR])


def add_proxy_state(datagram: bytes) -> bytes:
    """With a Proxy-State of the attacker's behind all the others."""
    return _with(datagram, [*parse(datagram).attributes, (PROXY_STATE, COLLISION)])


def strip_and_add(datagram: bytes) -> bytes:
    return add_proxy_state(strip(datagram))


def leave(datagram: bytes) -> bytes:
    return datagram


def _with(datagram: bytes, attributes: list[AttributeValue]) -> bytes:
    body = join(attributes)
    return datagram[:2] + struct.pack(">H", HEADER_OCTETS + len(body)) + datagram[4:HEADER_OCTETS] + body


class Attacker:
    """Stands on ``port`` of 127.0.0.1 for a client, and asks the server from the client's address.

    Each request goes through ``on_the_way`` and is sent twice. Of each Reject that comes back it makes what it can,
    and the client gets all of it: ``chances`` counts the Rejects that could have been turned for good.
    """

    def __init__(self, server_port: int, client_address: str, secret: bytes, on_the_way: OnTheWay) -> None:
        self._server = ("127.0.0.1", server_port)
        self._secret = secret
        self._on_the_way = on_the_way
        self._inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._inside.bind(("127.0.0.1", 0))
        self._outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._outside.bind((client_address, 0))
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve)
        self._asked: bytes = b""
        self.port = int(self._inside.getsockname()[1])
        self.replies: list[bytes] = []
        self.chances = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.send(b"x")
        self._thread.join()
        for each in (self._inside, self._outside, self._stop, self._stopped):
            each.close()

    def _serve(self) -> None:
        client = None
        while True:
            ready, _, _ = select.select([self._inside, self._outside, self._stopped], [], [])
            if self._stopped in ready:
                return
            if self._inside in ready:
                datagram, client = self._inside.recvfrom(4096)
                self._asked = self._on_the_way(datagram)
                for _ in range(2):
                    self._outside.sendto(self._asked, self._server)
            if self._outside in ready:
                reply = self._outside.recv(4096)
                self.replies.append(reply)
                if client is not None:
                    for made in self.forge(reply):
                        self._inside.sendto(made, client)

    def forge(self, reply: bytes) -> list[bytes]:
        """What is made of a reply: the plain forgeries that need no collision, then the one that does."""
        if reply[0] != REJECT:
            return [reply]
        accept = bytes((ACCEPT,)) + reply[1:]
        made = [accept, strip(accept)]
        if self._foretold(reply):
            self.chances += 1
            body = join([(PROXY_STATE, COLLISION)])
            head = struct.pack(">BBH", ACCEPT, reply[1], HEADER_OCTETS + len(body))
            digest = hashlib.md5(head + self._asked[4:20] + body + self._secret, usedforsecurity=False).digest()
            made.append(head + digest + body)
        return made

    def _foretold(self, reply: bytes) -> bool:
        """Whether all that stands before the attacker's octets could be known before the reply was there."""
        for number, value in parse(reply).attributes:
            if (number, value) == (PROXY_STATE, COLLISION):
                return True
            if number == MESSAGE_AUTHENTICATOR:
                return False  # nobody without the secret knows this one
        return False
