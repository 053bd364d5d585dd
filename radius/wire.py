"""RADIUS packets on the wire: bytes to values, and values to bytes; every bound is checked.

Nothing here knows a secret: signatures stand in :mod:`radius.shared_secret`, names in :mod:`radius.numbers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from radius.numbers import Attribute, Vendor

HEADER_OCTETS: Final = 20
AUTHENTICATOR_OCTETS: Final = 16
MAX_PACKET_OCTETS: Final = 4096  # RFC 2865 section 3
MAX_VALUE_OCTETS: Final = 253  # RFC 2865 section 5: a length of one octet, less two of header
MAX_ATTRIBUTES: Final = 200  # far above what any gateway sends; more is an attempt to keep us busy

AttributeValue = tuple[int, bytes]
"""An attribute: its number and its value, without the two octets of header."""

# Plain integers: comparing with a member of an IntEnum costs a look-up each time in the loop below.
_VENDOR_SPECIFIC: Final = int(Attribute.VENDOR_SPECIFIC)
_MESSAGE_AUTHENTICATOR: Final = int(Attribute.MESSAGE_AUTHENTICATOR)
_READ_VENDORS: Final = frozenset(int(vendor) for vendor in Vendor)


class Flaw(StrEnum):
    """What is wrong with the bytes of a packet; also the label under which such packets are counted."""

    SHORTER_THAN_HEADER = "shorter_than_header"
    LENGTH_BELOW_HEADER = "length_below_header"
    LENGTH_ABOVE_MAXIMUM = "length_above_maximum"
    LENGTH_ABOVE_DATAGRAM = "length_above_datagram"
    ATTRIBUTE_TOO_SHORT = "attribute_too_short"
    ATTRIBUTE_OVERRUNS = "attribute_overruns"
    TOO_MANY_ATTRIBUTES = "too_many_attributes"
    VENDOR_TOO_SHORT = "vendor_too_short"
    VENDOR_LENGTHS = "vendor_lengths"
    MESSAGE_AUTHENTICATOR_LENGTH = "message_authenticator_length"
    MESSAGE_AUTHENTICATOR_TWICE = "message_authenticator_twice"
    VALUE_LENGTH = "value_length"


class Malformed(Exception):  # noqa: N818 - reads as what it says: ``except Malformed``
    """The bytes are no RADIUS packet that may be answered.

    Attributes:
        reason: Which rule they break.
        at: Offset in octets where they break it, or the attribute's number for ``Flaw.VALUE_LENGTH``.
    """

    def __init__(self, reason: Flaw, at: int = 0) -> None:
        super().__init__(reason, at)
        self.reason = reason
        self.at = at

    def __str__(self) -> str:
        return f"{self.reason.value} at {self.at}"


class TooLong(ValueError):  # noqa: N818 - as above
    """A value does not fit into its attribute, or the attributes not into a packet. Nothing is ever cut."""


class Packet(NamedTuple):
    """A packet as it was received, its bounds checked. ``raw`` ends where its length field says.

    ``signed_at`` is the offset of the value of the Message-Authenticator in ``raw``, 0 where there is none; ``first``
    has the first value of each attribute, ``repeated`` the others of those that stand there more than once, in order.
    A named tuple: it is as frozen and slotted as a dataclass can be, and is built in less than half the time.
    """

    code: int
    identifier: int
    authenticator: bytes
    raw: bytes
    signed_at: int
    first: dict[int, bytes]
    repeated: list[AttributeValue]

    @property
    def attributes(self) -> list[AttributeValue]:
        """All of them in their order: read again, since hardly any packet is asked for that."""
        found: list[AttributeValue] = []
        raw, start = self.raw, HEADER_OCTETS
        while start < len(raw):
            end = start + raw[start + 1]
            found.append((raw[start], raw[start + 2 : end]))
            start = end
        return found

    def all(self, number: int) -> list[bytes]:
        """The values of all attributes of this number, in order."""
        if number not in self.first:
            return []
        values = [self.first[number]]
        if self.repeated:
            values += [value for found, value in self.repeated if found == number]
        return values


def parse(datagram: bytes) -> Packet:
    """The packet in a datagram; octets after its length field are padding and left out (RFC 2865 section 3).

    Raises:
        Malformed: A length is impossible, there are over 200 attributes, or the Message-Authenticator has a wrong
            length or stands there twice (RFC 3579 section 3.2). Vendor-Specific attributes are looked into for the
            vendors that we read; what other vendors put there is theirs (RFC 2865 section 5.26).
    """
    received = len(datagram)
    if received < HEADER_OCTETS:
        raise Malformed(Flaw.SHORTER_THAN_HEADER, received)
    length = datagram[2] << 8 | datagram[3]
    if length < HEADER_OCTETS:
        raise Malformed(Flaw.LENGTH_BELOW_HEADER, 2)
    if length > MAX_PACKET_OCTETS:
        raise Malformed(Flaw.LENGTH_ABOVE_MAXIMUM, 2)
    if length > received:
        raise Malformed(Flaw.LENGTH_ABOVE_DATAGRAM, 2)
    raw = datagram if length == received else datagram[:length]
    first, repeated, signed_at = _split(raw, length)
    return Packet(raw[0], raw[1], raw[4:20], raw, signed_at, first, repeated)


def _split(raw: bytes, length: int) -> tuple[dict[int, bytes], list[AttributeValue], int]:
    """The first values, the repeated ones, and where the Message-Authenticator's value begins."""
    first: dict[int, bytes] = {}
    repeated: list[AttributeValue] = []
    signed_at = 0
    start = HEADER_OCTETS
    last = length - 1
    while start < last:
        number = raw[start]
        end = start + raw[start + 1]
        if end < start + 2:
            raise Malformed(Flaw.ATTRIBUTE_TOO_SHORT, start)
        if end > length:
            raise Malformed(Flaw.ATTRIBUTE_OVERRUNS, start)
        value = raw[start + 2 : end]
        if number == _VENDOR_SPECIFIC:
            _check_vendor(value, start)
        elif number == _MESSAGE_AUTHENTICATOR:
            if signed_at:
                raise Malformed(Flaw.MESSAGE_AUTHENTICATOR_TWICE, start)
            if len(value) != AUTHENTICATOR_OCTETS:
                raise Malformed(Flaw.MESSAGE_AUTHENTICATOR_LENGTH, start)
            signed_at = start + 2
        if number in first:
            repeated.append((number, value))
        else:
            first[number] = value
        start = end
    if start != length:
        raise Malformed(Flaw.ATTRIBUTE_TOO_SHORT, start)
    if len(first) + len(repeated) > MAX_ATTRIBUTES:
        raise Malformed(Flaw.TOO_MANY_ATTRIBUTES, length)
    return first, repeated, signed_at


def _check_vendor(value: bytes, at: int) -> None:
    """Raise where a Vendor-Specific value is no number of a vendor and sub-attributes that fill the rest."""
    length = len(value)
    if length < 5:  # four octets of vendor and at least one more: RFC 2865 section 5.26 says Length >= 7
        raise Malformed(Flaw.VENDOR_TOO_SHORT, at)
    if int.from_bytes(value[:4], "big") not in _READ_VENDORS:
        return
    start = 4
    while start < length - 1:
        end = start + value[start + 1]
        if end < start + 2 or end > length:
            raise Malformed(Flaw.VENDOR_LENGTHS, at)
        start = end
    if start != length:
        raise Malformed(Flaw.VENDOR_LENGTHS, at)


def attribute(number: int, value: bytes | str | int) -> AttributeValue:
    """An attribute of ours: text as UTF-8, a whole number as four octets in network order (RFC 2865 section 5).

    Raises:
        TooLong: The value takes more than 253 octets, or the number more than four.
    """
    octets = _octets(value)
    if len(octets) > MAX_VALUE_OCTETS:
        raise TooLong(f"attribute {int(number)}: {len(octets)} octets, at most {MAX_VALUE_OCTETS} fit")
    return int(number), octets


def vendor_attribute(vendor: int, number: int, value: bytes | str | int) -> AttributeValue:
    """A Vendor-Specific attribute with one sub-attribute in it (RFC 2865 section 5.26).

    Raises:
        TooLong: The value takes more than 247 octets, or the number more than four.
    """
    octets = _octets(value)
    room = MAX_VALUE_OCTETS - 6
    if len(octets) > room:
        raise TooLong(f"vendor {int(vendor)} attribute {int(number)}: {len(octets)} octets, at most {room} fit")
    return _VENDOR_SPECIFIC, vendor.to_bytes(4, "big") + bytes((number, len(octets) + 2)) + octets


def _octets(value: bytes | str | int) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    try:
        return value.to_bytes(4, "big")
    except OverflowError:
        raise TooLong(f"{value} does not fit into four octets without a sign") from None


def join(attributes: Iterable[AttributeValue]) -> bytes:
    """The attributes as they stand in a packet, one after the other.

    Raises:
        TooLong: A value takes more than 253 octets.
    """
    parts: list[bytes] = []
    for number, value in attributes:
        size = len(value)
        if size > MAX_VALUE_OCTETS:
            raise TooLong(f"attribute {int(number)}: {size} octets, at most {MAX_VALUE_OCTETS} fit")
        parts.append(bytes((number, size + 2)))
        parts.append(value)
    return b"".join(parts)


def header(code: int, identifier: int, body_octets: int) -> bytes:
    """The four octets before the authenticator: code, identifier, length of the whole packet.

    Raises:
        TooLong: The packet would take more than 4096 octets (RFC 2865 section 3).
    """
    length = HEADER_OCTETS + body_octets
    if length > MAX_PACKET_OCTETS:
        raise TooLong(f"packet of {length} octets, at most {MAX_PACKET_OCTETS} are allowed")
    return bytes((code, identifier, length >> 8, length & 0xFF))
