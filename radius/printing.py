"""A packet as people read it: for ``--debug`` and for comparing with a text in the tests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources

from pyrad.dictionary import Attribute as Definition
from pyrad.dictionary import Dictionary

from hotspots import vouchers
from radius import attributes
from radius.numbers import Attribute, Code, Vendor
from radius.wire import Packet

_CAPITALS = {"COA": "CoA", "ACK": "ACK", "NAK": "NAK"}
_MASK = "***"
# User-Password, CHAP-Password, Tunnel-Password, ARAP-Password, EAP-Message (a method may carry a password in clear),
# ARAP-Challenge-Response, Digest-Response, the secrets that old servers of Ascend send under these numbers; of vendors
# MikroTik's Wireless-PSK.
_SECRET = frozenset((2, 3, 69, 70, 79, 84, 103, 214, 215))
_SECRET_OF_VENDORS = frozenset(((int(Vendor.MIKROTIK), 16),))
_SHOWN_OF_A_CODE = 4


@cache
def dictionary() -> Dictionary:
    """Our dictionary of names, numbers and types, as pyrad reads it."""
    with resources.as_file(resources.files("radius") / "dictionary") as path:
        return Dictionary(str(path))


def describe(packet: Packet, peer: str = "") -> str:
    """The packet, one line for its header and one for each attribute, in their order; secrets as ``***``.

    As FreeRADIUS' programs show packets; ``peer`` is put into the header. Attributes that the dictionary does not know
    stand with their number, values that do not fit their type in hexadecimal. What hides or is a password stands with
    its length alone, and so does all of a vendor that we do not know: nobody here can tell what is secret in it. The
    code of a voucher, which lets in whoever has it, is cut after its first characters.
    """
    lines = [f"{_code(packet.code)} Id {packet.identifier}{peer} length {len(packet.raw)}"]
    for number, value in packet.attributes:
        lines += [f"  {line}" for line in _lines(number, value)]
    return "\n".join(lines)


def _code(code: int) -> str:
    try:
        words = Code(code).name.split("_")
    except ValueError:
        return f"Code-{code}"
    return "-".join(_CAPITALS.get(word, word.capitalize()) for word in words)


def _lines(number: int, value: bytes) -> Iterator[str]:
    if number == Attribute.VENDOR_SPECIFIC:
        yield from _vendor_lines(value)
    elif number in _SECRET:
        yield f"{_name(number)} = {_masked(value)}"
    elif number == Attribute.USER_NAME:
        yield f'{_name(number)} = "{_masked_code(attributes.printable(value))}"'
    else:
        yield _line(_name(number), number, value)


def _vendor_lines(value: bytes) -> Iterator[str]:
    vendor = int.from_bytes(value[:4], "big")
    if vendor not in {int(known) for known in Vendor}:
        yield f"Vendor-{vendor} = {_masked(value[4:])}"
        return
    start = 4
    while start < len(value):
        end = start + value[start + 1]
        key = (vendor, value[start])
        unknown = f"{dictionary().vendors.GetBackward(vendor)}-{value[start]}"
        name, inside = _name(key, unknown), value[start + 2 : end]
        yield f"{name} = {_masked(inside)}" if key in _SECRET_OF_VENDORS else _line(name, key, inside)
        start = end


def _masked(value: bytes) -> str:
    return f"{_MASK} ({len(value)} octets)"


def _masked_code(name: str) -> str:
    return name if isinstance(vouchers.normalise(name), vouchers.CodeFault) else name[:_SHOWN_OF_A_CODE] + _MASK


def _name(key: int | tuple[int, int], unknown: str = "") -> str:
    index = dictionary().attrindex
    return str(index.GetBackward(key)) if index.HasBackward(key) else unknown or f"Attribute-{key}"


def _line(name: str, key: int | tuple[int, int], value: bytes) -> str:
    definition = dictionary().attributes.get(name) if dictionary().attrindex.HasBackward(key) else None
    return f"{name} = {_shown(definition, value)}"


def _shown(definition: Definition | None, value: bytes) -> str:
    kind = definition.type if definition else "octets"
    if kind == "string":
        return f'"{attributes.printable(value)}"'
    if kind in {"integer", "date"} and len(value) == 4:
        return _number(definition, int.from_bytes(value, "big"))
    if kind == "ipaddr" and len(value) == 4:
        return socket.inet_ntoa(value)
    if kind == "ipv6addr" and len(value) == 16:
        return socket.inet_ntop(socket.AF_INET6, value)
    return f"0x{value.hex()}"


def _number(definition: Definition, figure: int) -> str:
    if definition.type == "date":
        return datetime.fromtimestamp(figure, UTC).isoformat()
    encoded = figure.to_bytes(4, "big")  # pyrad keeps the names of values by their bytes
    return str(definition.values.GetBackward(encoded)) if definition.values.HasBackward(encoded) else str(figure)
