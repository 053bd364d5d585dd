"""The RADIUS client of a router, by the book (RFC 2865, 2866, 3579): real packets from the router's address."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import struct
from dataclasses import dataclass, field
from itertools import count

from tests.radius.gateway import Pair, attributes, number

ACCESS_ACCEPT, ACCESS_REJECT, ACCOUNTING_RESPONSE = 2, 3, 5
START, STOP, INTERIM = 1, 2, 3
USER_REQUEST, ADMIN_RESET = 1, 6
MIKROTIK, WISPR = 14988, 14122
_USER_NAME, _USER_PASSWORD, _CHAP_PASSWORD, _REPLY_MESSAGE, _CLASS, _CHAP_CHALLENGE = 1, 2, 3, 18, 25, 60
_MESSAGE_AUTHENTICATOR = 80


@dataclass
class Reply:
    """What RADIUS answered, its authenticators checked; ``code`` 0 where it did not answer at all."""

    code: int
    pairs: list[Pair] = field(default_factory=list)

    @property
    def accepts(self) -> bool:
        return self.code == ACCESS_ACCEPT

    @property
    def message(self) -> str:
        return b"".join(value for kind, value in self.pairs if kind == _REPLY_MESSAGE).decode()

    @property
    def classes(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair[0] == _CLASS]

    def vendor(self, vendor: int, kind: int) -> bytes | None:
        """The value of a vendor's attribute, as RouterOS looks for its own."""
        head = struct.pack(">IB", vendor, kind)
        return next((value[6:] for at, value in self.pairs if at == 26 and value.startswith(head)), None)


class RouterRadius:
    """Asks as one router does, with RouterOS' timeout and one try more."""

    def __init__(
        self, address: str, secret: bytes, auth_port: int, acct_port: int, timeout_seconds: float = 3.0
    ) -> None:
        self.address = address
        self.secret = secret
        self.ports = auth_port, acct_port
        self._timeout = timeout_seconds
        self._identifiers = count(1)
        self.replies: list[Reply] = []

    def pap(self, user_name: str, password: str, *pairs: Pair) -> Reply:
        authenticator = os.urandom(16)
        hidden = (_USER_PASSWORD, self._hidden(password.encode(), authenticator))
        return self._ask(1, authenticator, ((_USER_NAME, user_name.encode()), hidden, *pairs))

    def chap(self, user_name: str, identifier: int, response: bytes, challenge: bytes, *pairs: Pair) -> Reply:
        proof = (_CHAP_PASSWORD, bytes([identifier]) + response), (_CHAP_CHALLENGE, challenge)
        return self._ask(1, os.urandom(16), ((_USER_NAME, user_name.encode()), *proof, *pairs))

    def account(self, status: int, *pairs: Pair) -> Reply:
        return self._ask(4, b"", ((40, number(status)), *pairs))

    def _hidden(self, password: bytes, authenticator: bytes) -> bytes:
        """RFC 2865, section 5.2."""
        padded = password.ljust(-(-len(password) // 16) * 16 or 16, b"\0")
        hidden, last = b"", authenticator
        for start in range(0, len(padded), 16):
            mask = hashlib.md5(self.secret + last, usedforsecurity=False).digest()
            last = bytes(a ^ b for a, b in zip(padded[start : start + 16], mask, strict=True))
            hidden += last
        return hidden

    def _ask(self, code: int, authenticator: bytes, pairs: tuple[Pair, ...]) -> Reply:
        packet = self._signed(code, next(self._identifiers) % 256, authenticator, pairs)
        reply = self._exchange(packet, self.ports[code == 4])
        self.replies.append(reply)
        return reply

    def _signed(self, code: int, identifier: int, authenticator: bytes, pairs: tuple[Pair, ...]) -> bytes:
        body = attributes(*pairs)
        if code == 1:
            body = attributes((_MESSAGE_AUTHENTICATOR, bytes(16))) + body
        head = struct.pack(">BBH", code, identifier, 20 + len(body))
        if code == 1:
            packet = head + authenticator + body
            return packet[:22] + hmac.digest(self.secret, packet, hashlib.md5) + packet[38:]
        signed = hashlib.md5(head + bytes(16) + body + self.secret, usedforsecurity=False).digest()
        return head + signed + body

    def _exchange(self, packet: bytes, port: int) -> Reply:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.bind((self.address, 0))
            ours.settimeout(self._timeout)
            for _ in range(2):
                ours.sendto(packet, ("127.0.0.1", port))
                try:
                    return self._read(packet, ours.recv(4096))
                except TimeoutError:
                    continue
        return Reply(0)

    def _read(self, request: bytes, reply: bytes) -> Reply:
        signed = hashlib.md5(reply[:4] + request[4:20] + reply[20:] + self.secret, usedforsecurity=False).digest()
        assert hmac.compare_digest(signed, reply[4:20]), "the answer is not signed with our secret"
        pairs, at = [], 20
        while at < len(reply):
            pairs.append((reply[at], reply[at + 2 : at + reply[at + 1]]))
            at += reply[at + 1]
        if reply[0] in (ACCESS_ACCEPT, ACCESS_REJECT):
            # RouterOS with require-message-auth=yes-for-request-resp drops an answer without one.
            unsigned = reply[:4] + request[4:20] + attributes((_MESSAGE_AUTHENTICATOR, bytes(16))) + reply[38:]
            right = (_MESSAGE_AUTHENTICATOR, hmac.digest(self.secret, unsigned, hashlib.md5))
            assert pairs[0] == right, "the first attribute of the answer is no right Message-Authenticator"
        return Reply(reply[0], pairs)
