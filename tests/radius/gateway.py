"""A gateway that sends whatever a test wants, byte by byte, from an address of its own; and FreeRADIUS' client."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import struct
import subprocess
from types import TracebackType
from typing import Self

from radius.wire import Packet, parse
from tests.radius.running import ADDRESS, PHONE, SECRET

Pair = tuple[int, bytes]


def attributes(*pairs: Pair) -> bytes:
    return b"".join(bytes((number, len(value) + 2)) + value for number, value in pairs)


def access_request(*pairs: Pair, secret: bytes = SECRET, identifier: int = 1, signed: bool = True) -> bytes:
    """An Access-Request made by the book (RFC 2865, RFC 3579), not by the code under test."""
    return _signed_request(1, pairs, secret, identifier, os.urandom(16), signed)


def status_server(*pairs: Pair, secret: bytes = SECRET, identifier: int = 1, signed: bool = True) -> bytes:
    return _signed_request(12, pairs, secret, identifier, os.urandom(16), signed)


def _signed_request(
    code: int, pairs: tuple[Pair, ...], secret: bytes, identifier: int, authenticator: bytes, signed: bool
) -> bytes:
    body = attributes(*pairs)
    if signed:
        body = attributes((80, bytes(16))) + body
    packet = struct.pack(">BBH", code, identifier, 20 + len(body)) + authenticator + body
    if signed:
        packet = packet[:22] + hmac.new(secret, packet, hashlib.md5).digest() + packet[38:]
    return packet


def accounting_request(*pairs: Pair, secret: bytes = SECRET, identifier: int = 1) -> bytes:
    """An Accounting-Request made by the book (RFC 2866 section 3)."""
    body = attributes(*pairs)
    head = struct.pack(">BBH", 4, identifier, 20 + len(body))
    return head + hashlib.md5(head + bytes(16) + body + secret, usedforsecurity=False).digest() + body


def login(name: str, password: str, device: str = PHONE, **how: bytes | int | bool) -> bytes:
    """A PAP login. A password of up to 16 octets is hidden under the first block only (RFC 2865 section 5.2)."""
    secret = how.get("secret", SECRET)
    assert isinstance(secret, bytes)
    request = access_request((1, name.encode()), (2, bytes(16)), (31, device.encode()), **how)  # type: ignore[arg-type] # passed on
    hidden = bytes(a ^ b for a, b in zip(password.encode().ljust(16, b"\0"), _mask(secret, request), strict=True))
    at = request.index(b"\x02\x12" + bytes(16)) + 2
    request = request[:at] + hidden + request[at + 16 :]
    if how.get("signed", True):
        request = request[:22] + bytes(16) + request[38:]
        request = request[:22] + hmac.new(secret, request, hashlib.md5).digest() + request[38:]
    return request


def _mask(secret: bytes, request: bytes) -> bytes:
    return hashlib.md5(secret + request[4:20], usedforsecurity=False).digest()


def number(value: int) -> bytes:
    return struct.pack(">I", value)


def report(status: int, session: str = "s1", *more: Pair, **how: bytes | int) -> bytes:
    pairs = ((40, number(status)), (44, session.encode()), (31, PHONE.encode()), *more)
    return accounting_request(*pairs, **how)  # type: ignore[arg-type] # passed on


class Gateway:
    """A socket on the access point's address."""

    def __init__(self, address: str = ADDRESS) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, port: int, datagram: bytes) -> None:
        self._socket.sendto(datagram, ("127.0.0.1", port))

    def hear(self, within_seconds: float = 30.0) -> bytes | None:
        self._socket.settimeout(within_seconds)
        try:
            return self._socket.recv(4096)
        except TimeoutError:
            return None

    def ask(self, port: int, datagram: bytes, within_seconds: float = 30.0) -> Packet:
        """Send and read the answer; fails where none comes."""
        self.send(port, datagram)
        answer = self.hear(within_seconds)
        assert answer is not None, "no answer"
        return parse(answer)

    def is_met_with_silence(self, port: int, datagram: bytes, for_seconds: float = 0.8) -> bool:
        """Longer than a packet may be held back to look at the database once more."""
        self.send(port, datagram)
        return self.hear(for_seconds) is None


def radclient(
    port: int,
    kind: str,
    lines: str,
    *,
    secret: bytes = SECRET,
    source: str = ADDRESS,
    within_seconds: float = 30,
    sign: bool = True,
) -> str:
    """What FreeRADIUS' client shows after asking once; a missing radclient fails here with its name."""
    command = ["radclient", "-x", "-r", "1", "-t", str(within_seconds)]
    command += [f"127.0.0.1:{port}", kind, secret.decode()]
    signed = "Message-Authenticator = 0x00\n" if sign else ""
    text = f"Packet-Src-IP-Address = {source}\n{signed}{lines}"
    asked = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=within_seconds + 15, check=False
    )
    return asked.stdout + asked.stderr
