"""Addresses in what a gateway sends: which of them may be gone to, and which only be shown."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

PLAIN_ADDRESS: Final = "http://example.com/"
"""An address that every gateway takes up and turns into a redirect to the login page: plain HTTP, and not ours."""

_LONGEST_URL: Final = 300


def is_private(host: str) -> bool:
    """Whether this is an IP address of a network of its own: a ticket is never carried to a public host."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inside = address.is_private or address.is_loopback or address.is_link_local
    return inside and not (address.is_unspecified or address.is_multicast or "%" in host)


def base_url(scheme: str, host: str, port: int | None = None) -> str:
    """A URL with a final slash; an IPv6 address stands in brackets."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{'' if port is None else f':{port}'}/"


def login_base(url: str, path: str, is_trusted: Callable[[str], bool]) -> str | None:
    """The base of the address of a login page, which has this path and nothing behind it; None where it is another.

    ``is_trusted`` says of the host whether a ticket may be carried there.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    plain = parts.username is None and parts.password is None and not (parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or parts.path != path or not plain or not parts.hostname:
        return None
    return base_url(parts.scheme, parts.hostname, port) if is_trusted(parts.hostname) else None


def ip_address(text: str) -> str | None:
    """The IP address in its usual form, None where the text is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def web_address(text: str) -> str | None:
    """A page that somebody wanted to see, None where the text is no address of one, or is beyond measure."""
    if len(text) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None
