"""Checks of single values that come from outside; each raises a `ConfigError` that names the field."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from urllib.parse import urlsplit

from config_templates.errors import ConfigError

# RFC 1123, section 2.1.
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_URL_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
MAX_HOST_LENGTH = 253
MAX_SSID_OCTETS = 32
MAX_COMMON_NAME_OCTETS = 64  # RFC 5280, appendix A.1
MAX_RADIUS_ATTRIBUTE_OCTETS = 253


def text(field: str, value: str, *, most_octets: int) -> None:
    """Refuse text that is empty, cannot be UTF-8, or is longer than `most_octets` in UTF-8."""
    try:
        octets = len(value.encode())
    except UnicodeEncodeError:
        raise ConfigError(field, "holds characters that are not Unicode text") from None
    if not 0 < octets <= most_octets:
        raise ConfigError(field, f"must have 1 to {most_octets} octets, has {octets}")
    if "\0" in value:
        raise ConfigError(field, "must not hold a zero character")


def host_label(field: str, value: str) -> None:
    """Refuse what is no single label of a host name (RFC 1123, section 2.1)."""
    if not _LABEL.fullmatch(value):
        raise ConfigError(field, "must be 1 to 63 letters, digits and inner hyphens")


def host(field: str, value: str) -> None:
    """Refuse what is neither an IPv4 address nor a host name."""
    if ipv4(value) is not None:
        return
    labels = value.split(".")
    looks_numeric = labels[-1].isdigit()
    if len(value) > MAX_HOST_LENGTH or looks_numeric or not all(_LABEL.fullmatch(label) for label in labels):
        raise ConfigError(field, "must be an IPv4 address or a host name, such as portal.example.org")


def port(field: str, value: int) -> None:
    """Refuse what is no port number."""
    if not 1 <= value <= 65535:
        raise ConfigError(field, "must be a port from 1 to 65535")


def base_url(field: str, value: str) -> None:
    """Refuse what is not `http(s)://HOST[:PORT][/PATH]` without query, fragment, user or final slash."""
    parts = urlsplit(value)
    try:
        wanted = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        wanted = ""
    if parts.scheme not in ("http", "https") or not parts.hostname or value.lower() != wanted.lower():
        raise ConfigError(field, "must be http:// or https:// with a host, such as https://portal.example.org")
    host(field, parts.hostname)
    if not _URL_PATH.fullmatch(parts.path):
        raise ConfigError(field, "its path may hold letters, digits, dots, hyphens and tildes, no final slash")


def ipv4(value: str) -> IPv4Address | None:
    """The address, or None where the text is no IPv4 address."""
    try:
        return IPv4Address(value)
    except AddressValueError:
        return None


def ipv4_network(field: str, value: str) -> IPv4Network:
    """The network in CIDR form that the text names.

    Raises:
        ConfigError: It names none, or has bits set beyond its prefix.
    """
    try:
        return IPv4Network(value)
    except ValueError:
        raise ConfigError(field, "must be an IPv4 network such as 10.20.4.0/22") from None
