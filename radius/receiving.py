"""From a datagram to a request that may be answered: the list of reasons to stop.

Whatever stops here is met with silence. Each check names its reason, under which it is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from radius import attributes
from radius.callers import Caller, Callers, likeliest_first
from radius.drops import Drop, Dropped
from radius.duplicates import Key, Slot
from radius.numbers import Attribute, Code
from radius.wire import HEADER_OCTETS, Packet, parse

Address = tuple[str, int] | tuple[str, int, int, int]
"""Where a datagram came from, as the socket gives it: IP address and port first."""

_ACCESS_REQUEST: Final = int(Code.ACCESS_REQUEST)
_ACCOUNTING_REQUEST: Final = int(Code.ACCOUNTING_REQUEST)
_STATUS_SERVER: Final = int(Code.STATUS_SERVER)
_EAP_MESSAGE: Final = int(Attribute.EAP_MESSAGE)
_UNPROVED: Final = b"?"


class Request(NamedTuple):
    """A packet that was proved to come from an access point of ours.

    ``key`` tells whether it comes again, ``slot`` which older request its sender no longer waits for.
    """

    packet: Packet
    caller: Caller
    address: Address
    key: Key
    slot: Slot

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
            Dropped: It comes from a stranger, belongs to another port, is one too many, or is not signed as it must
                be.
            Malformed: The bytes are no RADIUS packet.
        """
        source = self._callers.at(address[0])
        bucket = source.bucket
        bucket.left -= 1
        if bucket.left < 0 and not bucket.refill():
            raise Dropped(Drop.OVER_RATE)
        if not source.callers and not self._callers.some_are_dynamic:
            raise Dropped(Drop.UNKNOWN_CLIENT)
        packet = parse(datagram)
        if packet.code not in (self._code, _STATUS_SERVER):
            raise Dropped(Drop.WRONG_CODE)
        caller = self._caller(packet, source.callers)
        caller.heard_from = address[0]
        raw = packet.raw
        place = raw[:2]
        if not packet.signed_at and packet.code == _ACCESS_REQUEST:
            place += _UNPROVED  # anybody may have sent it, so it takes the place of nobody who signs
        return Request(packet, caller, address, (caller.client.id, raw[:HEADER_OCTETS]), (address, place))

    def _caller(self, packet: Packet, candidates: list[Caller]) -> Caller:
        """The access point whose secret the packet was made with."""
        named = self._callers.named(packet)
        if named:
            # What it calls itself proves nothing; the secret does, wherever it calls from.
            caller = _proved(packet, named)
            if caller is not None:
                return self._noted(packet, caller)
            if not candidates:
                raise Dropped(_what_is_wrong(packet))
        if not candidates:
            raise Dropped(Drop.UNKNOWN_CLIENT)
        likeliest = likeliest_first(candidates, packet)
        if packet.code == _ACCESS_REQUEST and not packet.signed_at:
            return _unsigned(packet, likeliest)
        caller = _proved(packet, likeliest)
        if caller is None:
            raise Dropped(_what_is_wrong(packet))
        return self._noted(packet, caller)

    def _noted(self, packet: Packet, caller: Caller) -> Caller:
        """The caller, who is known to sign from now on; EAP and Status-Server always did, and show nothing."""
        caller.heard = True
        if caller.awaits_signature and packet.code == _ACCESS_REQUEST and _EAP_MESSAGE not in packet.first:
            self._callers.learn(caller)
        return caller


def _proved(packet: Packet, candidates: Sequence[Caller]) -> Caller | None:
    """Whose secret a packet proves to have been made with; None where it is nobody's, or proves nothing."""
    if packet.code == _ACCOUNTING_REQUEST:
        return _by_digest(packet, candidates)
    for caller in candidates:
        if caller.secret.verify_signature(packet):
            return caller
    return None


def _by_digest(packet: Packet, candidates: Sequence[Caller]) -> Caller | None:
    for caller in candidates:
        if caller.secret.verify_digest(packet):
            if packet.signed_at and not caller.secret.verify_signature(packet):
                raise Dropped(Drop.BAD_MESSAGE_AUTHENTICATOR)
            return caller
    return None


def _what_is_wrong(packet: Packet) -> Drop:
    """Why a packet proves nothing."""
    if packet.code == _ACCOUNTING_REQUEST:
        return Drop.BAD_ACCOUNTING_AUTHENTICATOR
    # Status-Server must have one (RFC 5997 section 3), and so must whoever has no address to be known by.
    return Drop.BAD_MESSAGE_AUTHENTICATOR if packet.signed_at else Drop.MISSING_MESSAGE_AUTHENTICATOR


def _unsigned(packet: Packet, candidates: list[Caller]) -> Caller:
    """Whom an Access-Request without Message-Authenticator is taken to come from: nothing in it proves it."""
    if attributes.octets(packet, Attribute.PROXY_STATE) is not None:
        # What the attack on unsigned replies needs (CVE-2024-3596); gateways of ours are no proxies.
        raise Dropped(Drop.PROXY_STATE_UNSIGNED)
    caller = candidates[0]
    client = caller.client
    alone = all(other.client is client for other in candidates)
    if not alone and client.nas_identifier != attributes.text(packet, Attribute.NAS_IDENTIFIER):
        raise Dropped(Drop.UNKNOWN_CLIENT)
    if caller.must_sign:
        raise Dropped(Drop.MISSING_MESSAGE_AUTHENTICATOR)
    return caller
