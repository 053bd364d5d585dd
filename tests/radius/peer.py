"""What the tests of packets share: pyrad as the other side, and strategies for attributes."""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict

from hypothesis import strategies as st
from pyrad.packet import AcctPacket, AuthPacket, CoAPacket, Packet

from radius.numbers import Attribute, Code
from radius.wire import AttributeValue, vendor_attribute

secrets = st.binary(min_size=1, max_size=80)
authenticators = st.binary(min_size=16, max_size=16)
identifiers = st.integers(0, 255)

# Not those with a meaning for the packet itself, which the tests add on purpose.
_plain_numbers = st.integers(1, 255).filter(
    lambda number: number not in (Attribute.VENDOR_SPECIFIC, Attribute.MESSAGE_AUTHENTICATOR, Attribute.PROXY_STATE)
)
plain_attributes = st.tuples(_plain_numbers, st.binary(min_size=1, max_size=253))
vendor_attributes = st.builds(
    vendor_attribute,
    st.sampled_from((14122, 14559, 14988, 9, 311)),
    st.integers(1, 255),
    st.binary(min_size=1, max_size=247),
)
attribute_lists = st.lists(plain_attributes | vendor_attributes, max_size=14)


def fill(packet: Packet, attributes: list[AttributeValue]) -> None:
    """Put raw attributes into a pyrad packet; pyrad groups those of one number."""
    for number, value in attributes:
        packet.setdefault(number, []).append(value)


def held(packet: Packet) -> dict[int, list[bytes]]:
    """What a pyrad packet holds, by number (its own ``items`` wants a dictionary)."""
    return dict(OrderedDict.items(packet))


def grouped(attributes: list[AttributeValue]) -> dict[int, list[bytes]]:
    """Attributes as pyrad holds them without a dictionary."""
    groups: dict[int, list[bytes]] = {}
    for number, value in attributes:
        groups.setdefault(number, []).append(value)
    return groups


def pyrad_request(code: int, secret: bytes, identifier: int, authenticator: bytes) -> Packet:
    kinds = {Code.ACCOUNTING_REQUEST: AcctPacket, Code.DISCONNECT_REQUEST: CoAPacket, Code.COA_REQUEST: CoAPacket}
    kind = kinds.get(Code(code), AuthPacket)
    chosen = authenticator if kind is AuthPacket else None
    return kind(code=code, id=identifier, secret=secret, authenticator=chosen)


def plain_hmac(secret: bytes, octets: bytes) -> bytes:
    """HMAC-MD5 by the standard library's own function, to hold ours against."""
    return hmac.digest(secret, octets, hashlib.md5)
