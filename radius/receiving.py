"""From a datagram to a request that may be answered: the list of reasons to stop.

Whatever stops here is met with silence. Each check names its reason, under which it is counted.
"""

from __future__ import annotations

from typing import NamedTuple

from radius import attributes
from radius.callers import Caller, Callers, likeliest_first
from radius.drops import Drop, Dropped
from radius.duplicates import Key
from radius.numbers import Attribute, Code
from radius.wire import HEADER_OCTETS, Packet, parse

Address = tuple[str, int] | tuple[str, int, int, int]
"""Where a datagram came from, as the socket gives it: IP address and port first."""

_ACCESS_REQUEST = int(Code.ACCESS_REQUEST)
_ACCOUNTING_REQUEST = int(Code.ACCOUNTING_REQUEST)
_STATUS_SERVER = int(Code.STATUS_SERVER)


class Request(NamedTuple):
    """A packet that was proved to come from an access point of ours; ``key`` tells whether it comes again."""

    packet: Packet
    caller: Caller
    address: Address
    key: Key

    def reply(self, code: Code, body: bytes = b"") -> bytes:
        """The signed reply: made from the request, so that identifier, secret and authenticator belong together.

        ``body`` are its attributes, joined (:func:`radius.wire.join`).
        """
        return self.caller.secret.reply_with(self.packet, code, body)


class Receiver:
    """Reads the datagrams of one port, which takes requests of one code, and Status-Server (RFC 5997)."""

    def __init__(self, callers: Callers, code: Code) -> None:
        self._callers = callers
        self._code = int(code)

    def admit(self, datagram: bytes, address: Address) -> Request:
        """The request in a datagram.

        Raises:
            Dropped: It comes from a stranger, belongs to another port, or is not signed as it must be.
            Malformed: The bytes are no RADIUS packet.
        """
        candidates = self._callers.at(address[0])
        if not candidates:
            raise Dropped(Drop.UNKNOWN_CLIENT)
        packet = parse(datagram)
        if packet.code not in (self._code, _STATUS_SERVER):
            raise Dropped(Drop.WRONG_CODE)
        caller = _prove(packet, likeliest_first(candidates, packet))
        caller.heard_from = address[0]
        return Request(packet, caller, address, (address, packet.raw[:HEADER_OCTETS]))


def _prove(packet: Packet, candidates: list[Caller]) -> Caller:
    """The access point whose secret the packet was made with."""
    if packet.code == _ACCOUNTING_REQUEST:
        return _by_digest(packet, candidates)
    if packet.signed_at:
        return _by_signature(packet, candidates)
    if packet.code == _STATUS_SERVER:
        raise Dropped(Drop.MISSING_MESSAGE_AUTHENTICATOR)  # RFC 5997 section 3
    return _unsigned(packet, candidates)


def _by_signature(packet: Packet, candidates: list[Caller]) -> Caller:
    for caller in candidates:
        if caller.secret.verify_signature(packet):
            return caller
    raise Dropped(Drop.BAD_MESSAGE_AUTHENTICATOR)


def _by_digest(packet: Packet, candidates: list[Caller]) -> Caller:
    for caller in candidates:
        if caller.secret.verify_digest(packet):
            if packet.signed_at and not caller.secret.verify_signature(packet):
                raise Dropped(Drop.BAD_MESSAGE_AUTHENTICATOR)
            return caller
    raise Dropped(Drop.BAD_ACCOUNTING_AUTHENTICATOR)


def _unsigned(packet: Packet, candidates: list[Caller]) -> Caller:
    """Whom an Access-Request without Message-Authenticator is taken to come from: nothing in it proves it."""
    if attributes.octets(packet, Attribute.PROXY_STATE) is not None:
        # What the attack on unsigned replies needs (CVE-2024-3596); gateways of ours are no proxies.
        raise Dropped(Drop.PROXY_STATE_UNSIGNED)
    caller = candidates[0]
    named = attributes.text(packet, Attribute.NAS_IDENTIFIER)
    if len(candidates) > 1 and caller.client.nas_identifier != named:
        raise Dropped(Drop.UNKNOWN_CLIENT)
    if caller.client.message_authenticator_required:
        raise Dropped(Drop.MISSING_MESSAGE_AUTHENTICATOR)
    return caller
