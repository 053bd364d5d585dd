"""Reading the attributes of a packet by what they mean. Nobody else looks for numbers among them."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Final

from hotspots import mac
from radius.numbers import Attribute, CoovaChilli, Vendor, ViewPoint
from radius.wire import Flaw, Malformed, Packet

_VENDOR_SPECIFIC: Final = int(Attribute.VENDOR_SPECIFIC)
_USER_NAME: Final = int(Attribute.USER_NAME)
_CALLING_STATION_ID: Final = int(Attribute.CALLING_STATION_ID)
_FOUR: Final = 4  # octets of a whole number, an instant and an IPv4 address (RFC 2865 section 5)


def octets(packet: Packet, number: int) -> bytes | None:
    """The value of the first attribute of this number, as it stands there; None where there is none."""
    return packet.first.get(number)


def all_octets(packet: Packet, number: int) -> list[bytes]:
    """The values of all attributes of this number (Class and EAP-Message may come more than once), in order."""
    return packet.all(number)


def vendor_octets(packet: Packet, vendor: Vendor, number: int) -> bytes | None:
    """The value of the first sub-attribute of this number of a vendor; None where there is none."""
    if _VENDOR_SPECIFIC not in packet.first:
        return None
    prefix = vendor.to_bytes(4, "big")
    for value in packet.all(_VENDOR_SPECIFIC):
        if value[:4] != prefix:
            continue
        start = 4
        while start < len(value):  # the lengths were checked when the packet was parsed
            end = start + value[start + 1]
            if value[start] == number:
                return value[start + 2 : end]
            start = end
    return None


def text(packet: Packet, number: int) -> str | None:
    r"""The first value of this number as text that can be stored and printed; None where there is none.

    Octets that are no UTF-8 (an SSID in another encoding) and control characters, NUL among them, which
    PostgreSQL refuses, come out as ``\xhh``.
    """
    value = packet.first.get(number)
    return None if value is None else printable(value)


def printable(value: bytes) -> str:
    r"""Octets as text; what is no UTF-8 or no printable character becomes ``\xhh`` (``\u....`` above 255)."""
    decoded = value.decode("utf-8", "backslashreplace")
    if decoded.isprintable():
        return decoded
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in decoded)


def _escape(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"


def user_name(packet: Packet) -> str | None:
    """The User-Name for looking somebody up: None where it is missing, no UTF-8 or not printable.

    Nobody of ours has such a name, so it is an unknown user; :func:`text` shows what was really sent.
    """
    value = packet.first.get(_USER_NAME)
    if not value:
        return None
    try:
        name = value.decode()
    except UnicodeDecodeError:
        return None
    return name if name.isprintable() else None


def integer(packet: Packet, number: int) -> int | None:
    """The first value of this number as a whole number; None where there is none.

    Raises:
        Malformed: It does not have four octets.
    """
    value = packet.first.get(number)  # not by octets(): accounting asks for ten of them in each packet
    if value is None:
        return None
    if len(value) != _FOUR:
        raise Malformed(Flaw.VALUE_LENGTH, int(number))
    return int.from_bytes(value, "big")


def vendor_integer(packet: Packet, vendor: Vendor, number: int) -> int | None:
    """As :func:`integer`, for a sub-attribute of a vendor."""
    value = vendor_octets(packet, vendor, number)
    if value is None:
        return None
    if len(value) != _FOUR:
        raise Malformed(Flaw.VALUE_LENGTH, int(number))
    return int.from_bytes(value, "big")


def address(packet: Packet, number: int) -> str | None:
    """The first value of this number as an IPv4 address (4 octets) or an IPv6 address (16); None without one.

    Raises:
        Malformed: It has another length.
    """
    value = octets(packet, number)
    if value is None:
        return None
    if len(value) == _FOUR:
        return socket.inet_ntoa(value)
    if len(value) == 16:
        return socket.inet_ntop(socket.AF_INET6, value)
    raise Malformed(Flaw.VALUE_LENGTH, int(number))


def instant(packet: Packet, number: int = Attribute.EVENT_TIMESTAMP) -> datetime | None:
    """The first value of this number as an instant (seconds since 1970, RFC 2869 section 5.3), aware, in UTC.

    Raises:
        Malformed: It does not have four octets.
    """
    seconds = integer(packet, number)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def device(packet: Packet) -> str | None:
    """The resident's device from Calling-Station-Id, as ``aa:bb:cc:dd:ee:ff``; None where it is no MAC address."""
    value = packet.first.get(_CALLING_STATION_ID)
    return None if value is None else mac.normalise(value.decode("ascii", "replace"))


def called_station(packet: Packet) -> tuple[str | None, str | None]:
    """The access point's MAC address, and the SSID where it stands behind it (RFC 3580 section 3.20).

    The form is ``AA-BB-CC-DD-EE-FF:SSID``; hostapd leaves an empty SSID and its colon on a wire.
    """
    shown = text(packet, Attribute.CALLED_STATION_ID)
    if shown is None:
        return None, None
    whole = mac.normalise(shown)
    if whole is not None:
        return whole, None
    return mac.normalise(shown[:17]), shown[18:] or None


def octets_up_down(packet: Packet) -> tuple[int, int] | None:
    """Octets from and to the resident so far, gigawords added; None where the packet counts none.

    Input is what the access point received from the resident (RFC 2866 section 5.3), unless CoovaChilli says
    that it counts from the client's side.

    Raises:
        Malformed: One of the counters does not have four octets.
    """
    received = integer(packet, Attribute.ACCT_INPUT_OCTETS)
    sent = integer(packet, Attribute.ACCT_OUTPUT_OCTETS)
    if received is None and sent is None:
        return None
    up = (received or 0) + ((integer(packet, Attribute.ACCT_INPUT_GIGAWORDS) or 0) << 32)
    down = (sent or 0) + ((integer(packet, Attribute.ACCT_OUTPUT_GIGAWORDS) or 0) << 32)
    if vendor_integer(packet, Vendor.COOVACHILLI, CoovaChilli.ACCT_VIEW_POINT) == ViewPoint.CLIENT:
        return down, up
    return up, down
