"""A visit: what a gateway says of the resident whose browser it sent here, whatever its make."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """Why the gateway sent the browser."""

    NOT_YET = "not_yet"
    ALREADY = "already"
    SUCCESS = "success"
    FAILED = "failed"
    LOGGED_OFF = "logged_off"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the inventory says of the gateway that a visit claims to come from."""

    nas_identifier: str
    uam_secret: bytes = field(default=b"", repr=False)
    fas_level: int = 0
    https: bool = False
    """Whether people reach the portal encrypted: from there, browsers warn of a form that leads to a plain address."""
    calls_from: str = ""
    """From where its RADIUS requests come: an IP address, a subnet, a host name, or ``dynamic``."""


@dataclass(frozen=True, slots=True)
class GatewayVisit:
    """One redirect, read and verified.

    ``login_base`` is where the gateway takes logins: a URL with a final slash, on an address of its own network.
    ``challenge`` is in hexadecimal digits, empty where the gateway sent none: it
    does not when somebody is online. ``device`` is a normalised MAC address. ``reply`` is what RADIUS told
    the gateway, ``seconds_left`` what the gateway believes is left of the session. ``gateway`` is the kind of gateway,
    as the inventory names it; ``chap_identifier`` goes with the challenge (RFC 1994). ``ticket`` is the one that was
    handed over with this visit, for gateways that sign nothing: who holds it and was let in with it is the device.
    ``carried`` is what has to go back to the gateway with a login, as it came.
    """

    result: Result
    nas_identifier: str
    device: str
    login_base: str
    challenge: str
    client_ip: str | None = None
    called: str | None = None
    session_id: str | None = None
    user_url: str | None = None
    seconds_left: int | None = None
    reply: str | None = None
    gateway: str = "coovachilli"
    chap_identifier: int = 0
    ticket: str | None = None
    carried: str | None = None
