"""The kinds of values in an inventory, each with what it may be and a reason that a person understands."""

from __future__ import annotations

import ipaddress
import re
import uuid
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from hotspots import mac
from hotspots.access_points import whereabouts

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DEVICE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_POLAND_LATITUDE = (49.0, 54.9)
_POLAND_LONGITUDE = (14.1, 24.2)
_SSID_OCTETS = 32
_NAS_IDENTIFIER_OCTETS = 253
_SECRET_CHARACTERS = 127
_WIDEST_PREFIX = 8  # 10.0.0.0/8, the widest private subnet (RFC 1918)
_NAME_CHARACTERS = 63
TEXT_CHARACTERS = 300


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value) or len(value) > _NAME_CHARACTERS:
        raise ValueError(f"{value!r} must be letters a-z, digits and single dashes, such as belzyce-urzad")
    return value


def _device_name(value: str) -> str:
    if not _DEVICE_NAME.fullmatch(value) or len(value) > _NAME_CHARACTERS:
        raise ValueError(f"{value!r} must be letters a-z, digits, dashes, dots or underscores, at most 63")
    return value


def _text(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("is empty")
    if not value.isprintable():
        raise ValueError("has a line break or a control character")
    return value


def _ssid(value: str) -> str:
    # Blanks at the ends belong to the name of a network, so nothing is stripped here.
    if not 1 <= len(value.encode()) <= _SSID_OCTETS or not value.isprintable():
        raise ValueError("must be 1 to 32 octets of UTF-8 without control characters; ą, ł and the like count as 2")
    return value


def _nas_identifier(value: str) -> str:
    if not 1 <= len(value.encode()) <= _NAS_IDENTIFIER_OCTETS or not value.isprintable():
        raise ValueError("must be 1 to 253 octets without control characters (RFC 2865, section 5.32)")
    return value


def _secret(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if not 1 <= len(secret) <= _SECRET_CHARACTERS or not secret.isascii() or not secret.isprintable():
        raise ValueError("must be 1 to 127 printable ASCII characters")
    return value


def _address(value: str) -> str:
    if value == whereabouts.DYNAMIC or whereabouts.is_host_name(value):
        return value
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        raise ValueError(_address_reason(value)) from None
    if network.prefixlen < _WIDEST_PREFIX:
        raise ValueError(
            f"{value!r} is half the world: give a subnet of your own, from /{_WIDEST_PREFIX} on, or the word "
            f"{whereabouts.DYNAMIC} where it calls from anywhere"
        )
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if single else str(network)


def _address_reason(value: str) -> str:
    try:
        wider = ipaddress.ip_interface(value).network
    except ValueError:
        return (
            f"{value!r} is no IP address or subnet, such as 10.20.1.1 or 10.20.1.0/24, no full host name in small "
            f"letters, and not the word {whereabouts.DYNAMIC}"
        )
    return f"{value!r} names a host in a subnet: write {wider} for the whole subnet, or the address alone"


def _mac(value: str) -> str:
    address = mac.normalise(value)
    if address is None:
        raise ValueError(f"{value!r} is no MAC address, such as aa:bb:cc:dd:ee:ff")
    return address


def _uuid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise ValueError(f"{value!r} is no UUID, such as 123e4567-e89b-42d3-a456-426614174000") from None


def _latitude(value: float) -> float:
    if not _POLAND_LATITUDE[0] <= value <= _POLAND_LATITUDE[1]:
        raise ValueError(f"{value} is not in Poland (49.0 to 54.9 degrees north); is it the longitude?")
    return value


def _longitude(value: float) -> float:
    if not _POLAND_LONGITUDE[0] <= value <= _POLAND_LONGITUDE[1]:
        raise ValueError(f"{value} is not in Poland (14.1 to 24.2 degrees east); is it the latitude?")
    return value


Slug = Annotated[str, AfterValidator(_slug)]
DeviceName = Annotated[str, AfterValidator(_device_name)]
Text = Annotated[str, Field(max_length=TEXT_CHARACTERS), AfterValidator(_text)]
Ssid = Annotated[str, AfterValidator(_ssid)]
NasIdentifier = Annotated[str, AfterValidator(_nas_identifier)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Address = Annotated[str, AfterValidator(_address)]
Mac = Annotated[str, AfterValidator(_mac)]
Uuid = Annotated[str, AfterValidator(_uuid)]
Latitude = Annotated[float, AfterValidator(_latitude)]
Longitude = Annotated[float, AfterValidator(_longitude)]
Positive = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Decibel = Annotated[float, Field(ge=0, le=40)]
