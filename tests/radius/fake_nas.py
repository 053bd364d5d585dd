"""A gateway that takes Disconnects and changes of limits as RFC 5176 describes it, and as real ones differ from it.

It checks by the book, with the standard library, what it is sent: the Request Authenticator, and the
Message-Authenticator where there is one.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.radius.gateway import attributes
from tests.radius.running import ADDRESS, SECRET

ACK, NAK = 41, 42
"""Of a Disconnect; three more are those of a CoA."""

DISCONNECT, COA = 40, 43

Heard = dict[int, bytes]
"""The attributes of a request by their numbers."""

Manner = Callable[[Heard], bytes | None]
"""What to answer: the code and the attributes behind it; None for silence."""


def acks(_heard: Heard) -> bytes:
    return bytes((ACK,))


def says_nothing(_heard: Heard) -> None:
    return None


def naks(error_cause: int) -> Manner:
    return lambda _heard: bytes((NAK,)) + attributes((101, struct.pack(">I", error_cause)))


def like_coovachilli(heard: Heard) -> bytes | None:
    """No answer at all without User-Name; ACK and NAK carry nothing."""
    return bytes((ACK,)) if 1 in heard else None


def like_uspot(heard: Heard) -> bytes:
    """Refuses what it does not know, a Message-Authenticator among it, without saying why."""
    return bytes((ACK if set(heard) <= {1, 4, 8, 30, 31, 32, 44, 89} else NAK,))


class FakeNas:
    """Listens where a gateway takes Disconnects; ``heard`` are the requests that were signed rightly.

    ``codes`` are theirs.
    """

    def __init__(self, manner: Manner = acks, secret: bytes = SECRET, address: str = ADDRESS) -> None:
        self.heard: list[Heard] = []
        self.codes: list[int] = []
        self.datagrams: list[bytes] = []
        self.manner = manner
        self._secret = secret
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            datagram, peer = self._socket.recvfrom(4096)
            if not datagram:
                return  # sent on leaving
            self.datagrams.append(datagram)
            heard = self._read(datagram)
            if heard is None:
                continue
            self.heard.append(heard)
            self.codes.append(datagram[0])
            answer = self.manner(heard)
            if answer is not None:
                code = answer[0] + datagram[0] - DISCONNECT
                self._socket.sendto(self._reply(datagram, code, answer[1:]), peer)

    def _read(self, datagram: bytes) -> Heard | None:
        """The attributes of a request, None where it is not signed as it must be."""
        code, _, length = struct.unpack_from(">BBH", datagram)
        digest = self._md5(datagram[:4] + bytes(16) + datagram[20:])
        if code not in (DISCONNECT, COA) or length != len(datagram) or digest != datagram[4:20]:
            return None
        heard: Heard = {}
        at = 20
        while at < length:
            heard[datagram[at]] = datagram[at + 2 : at + datagram[at + 1]]
            at += datagram[at + 1]
        signature = heard.get(80)
        if signature is None:
            return heard
        # RFC 5176 section 3.3: over the packet with the authenticator and the signature as zeros.
        unsigned = datagram[:4] + bytes(16) + datagram[20:].replace(signature, bytes(16))
        right = hmac.digest(self._secret, unsigned, hashlib.md5)
        return heard if hmac.compare_digest(signature, right) else None

    def _reply(self, request: bytes, code: int, body: bytes) -> bytes:
        head = struct.pack(">BBH", code, request[1], 20 + len(body))
        return head + self._md5(head + request[4:20] + body) + body

    def _md5(self, octets: bytes) -> bytes:
        return hashlib.md5(octets + self._secret, usedforsecurity=False).digest()
