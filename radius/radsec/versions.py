"""The two versions of RADIUS over TLS: how a packet is proved, and what makes two requests the same one."""

from __future__ import annotations

import itertools
from typing import Final, Protocol

from radius.callers import Caller
from radius.drops import Drop, Dropped
from radius.numbers import Code
from radius.radsec.tokens import MOST_TOKENS, Tokens, lacks_challenge, without_signature
from radius.receiving import Address, Request
from radius.shared_secret import SharedSecret
from radius.wire import HEADER_OCTETS, Packet, parse

IDENTIFIERS: Final = 256
_SECRET: Final = SharedSecret(b"radsec")  # RFC 6614 section 2.3: the same for all, TLS is what protects
_TOKENS: Final = Tokens()


class Version(Protocol):
    """A version of RADIUS over TLS."""

    alpn: str
    secret: SharedSecret
    numbers: int
    """How many requests can be told apart on a connection."""

    def read(self, octets: bytes, caller: Caller, address: Address) -> Request:
        """The request in these octets.

        Raises:
            Dropped: It is not to be answered.
            Malformed: The bytes are no RADIUS packet.
        """
        ...

    def number_of(self, octets: bytes) -> int:
        """What tells requests of a connection apart: the Identifier, or the token."""
        ...


class Historic:
    """RADIUS/TLS of RFC 6614: MD5 with a secret that everybody knows, and nothing rests on it.

    A Message-Authenticator need not be there, since TLS keeps packets whole; one that is there must be right.
    """

    alpn = "radius/1.0"
    secret: SharedSecret = _SECRET
    numbers = IDENTIFIERS

    def read(self, octets: bytes, caller: Caller, address: Address) -> Request:
        """As :meth:`Version.read`.

        What was asked on a connection that broke, and is asked again on the next, is the same request: so a ticket is
        not refused as used by its own retransmission.
        """
        packet = parse(octets)
        _prove(packet)
        raw = packet.raw
        return Request(packet, caller, address, (caller.client.id, raw[:HEADER_OCTETS]), (address, raw[:2]))

    def number_of(self, octets: bytes) -> int:
        """The Identifier."""
        return octets[1]


class WithTokens:
    """RADIUS/1.1 of RFC 9765."""

    alpn = "radius/1.1"
    secret: SharedSecret = _TOKENS
    numbers = MOST_TOKENS

    def __init__(self) -> None:
        self._received = itertools.count()

    def read(self, octets: bytes, caller: Caller, address: Address) -> Request:
        """As :meth:`Version.read`. No two are the same: TLS repeats nothing by itself (RFC 9765 section 4.2.2)."""
        packet = without_signature(parse(octets))
        if lacks_challenge(packet):
            raise Dropped(Drop.CHAP_CHALLENGE_MISSING)
        number = b"connection %d, request %d" % (address[1], next(self._received))
        return Request(packet, caller, address, (caller.client.id, number), (address, number))

    def number_of(self, octets: bytes) -> int:
        """The token."""
        return int.from_bytes(octets[4:8], "big")


def spoken(alpn: str | None) -> Version:
    """The version that was agreed to; a peer without ALPN speaks the historic one."""
    return WithTokens() if alpn == WithTokens.alpn else Historic()


def _prove(packet: Packet) -> None:
    if packet.code == Code.ACCOUNTING_REQUEST and not _SECRET.verify_digest(packet):
        raise Dropped(Drop.BAD_ACCOUNTING_AUTHENTICATOR)
    if packet.signed_at and not _SECRET.verify_signature(packet):
        raise Dropped(Drop.BAD_MESSAGE_AUTHENTICATOR)
    if packet.code == Code.STATUS_SERVER and not packet.signed_at:
        raise Dropped(Drop.MISSING_MESSAGE_AUTHENTICATOR)  # RFC 5997 section 3
