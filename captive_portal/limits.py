"""How often somebody may ask.

A whole library stands behind one address, so what counts is the device of the signed visit; the address only stops
floods. The counts are in memory, and begin anew with the process.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from flask import Flask, Response, request
from flask_limiter import Limiter

from captive_portal.services import services

_P = ParamSpec("_P")
_R = TypeVar("_R")

ATTEMPTS_OF_A_DEVICE: Final = "20 per minute; 200 per hour"
ATTEMPTS_OF_AN_ADDRESS: Final = "600 per minute"
REFUSED_VISITS_OF_AN_ADDRESS: Final = "60 per minute"
FAILED_LOGINS_OF_A_NETWORK: Final = "10 per minute; 60 per hour"


def remote_address() -> str:
    """Where the request comes from; behind a reverse proxy on this machine, what that proxy says."""
    peer = request.remote_addr or "unknown"
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        trusted = ipaddress.ip_address(peer).is_loopback and bool(ipaddress.ip_address(forwarded))
    except ValueError:
        return peer
    return forwarded if trusted else peer


def remote_network() -> str:
    """The IPv4 address that the request comes from, or the /64 of an IPv6 one, all of which one customer holds."""
    address = remote_address()
    try:
        is_long = ipaddress.ip_address(address).version == 6
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if is_long else address


def device() -> str:
    """The device of the visit in the form; the address of those who send none of ours."""
    here = services()
    signed = here.visits.read(request.form.get("visit", ""), here.clock())
    return remote_address() if signed is None else signed.visit.device


_limiter = Limiter(key_func=remote_address, storage_uri="memory://", headers_enabled=True)


def install(app: Flask) -> None:
    """Count for this application."""
    _limiter.init_app(app)


def attempts(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit a view that people post to."""
    by_address = _limiter.limit(ATTEMPTS_OF_AN_ADDRESS)(view)
    limited: Callable[_P, _R] = _limiter.limit(ATTEMPTS_OF_A_DEVICE, key_func=device)(by_address)
    return limited


def refused_visits(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit what is refused of a view only: each is written down, and a stranger must not fill the database."""
    limited: Callable[_P, _R] = _limiter.limit(REFUSED_VISITS_OF_AN_ADDRESS, deduct_when=_was_refused)(view)
    return limited


def failed_logins(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit the logins of staff that fail: an office full of people who sign in well shares one address."""
    limit = _limiter.limit(
        FAILED_LOGINS_OF_A_NETWORK, key_func=remote_network, methods=["POST"], deduct_when=_was_refused
    )
    limited: Callable[_P, _R] = limit(view)
    return limited


def _was_refused(response: Response) -> bool:
    return response.status_code == 403
