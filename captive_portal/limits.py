"""How often somebody may ask.

A whole library stands behind one address, so what counts is the device of the signed visit; the address only stops
floods, and the hotspot those who guess vouchers and change their device's address all the time. The counts are in the
Redis that the settings name, so that all nodes count together; without one, or while it does not answer, in memory.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from flask import Flask, Response, request
from flask_limiter import Limiter

from captive_portal.services import services, services_of

_P = ParamSpec("_P")
_R = TypeVar("_R")

ATTEMPTS_OF_A_DEVICE: Final = "20 per minute; 200 per hour"
WRONG_VOUCHERS_AT_A_HOTSPOT: Final = "100 per minute; 500 per hour"
ATTEMPTS_OF_AN_ADDRESS: Final = "600 per minute"
REFUSED_VISITS_OF_AN_ADDRESS: Final = "60 per minute"
FAILED_LOGINS_OF_A_NETWORK: Final = "10 per minute; 60 per hour"
REPORTS_OF_A_DEVICE: Final = "5 per hour"
WRONG_NUMBERS_OF_A_NETWORK: Final = "30 per minute; 300 per hour"
_PATIENCE: Final = {"socket_timeout": 1, "socket_connect_timeout": 1}


def remote_address() -> str:
    """Where the request comes from; behind a reverse proxy on this machine, what that proxy says."""
    return address_of(request.remote_addr or "unknown", request.headers.get("X-Forwarded-For", ""))


def address_of(peer: str, forwarded_for: str) -> str:
    """As :func:`remote_address`, of a peer and what stands in ``X-Forwarded-For``."""
    forwarded = forwarded_for.rpartition(",")[2].strip()
    try:
        trusted = ipaddress.ip_address(peer).is_loopback and bool(ipaddress.ip_address(forwarded))
    except ValueError:
        return peer
    return forwarded if trusted else peer


def remote_network() -> str:
    """The IPv4 address that the request comes from, or the /64 of an IPv6 one, all of which one customer holds."""
    return network_of(remote_address())


def network_of(address: str) -> str:
    """The address itself, or the /64 of an IPv6 one."""
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


def hotspot() -> str:
    """The access point of the visit in the form; the address of those who send none of ours."""
    here = services()
    signed = here.visits.read(request.form.get("visit", ""), here.clock())
    return remote_address() if signed is None else f"at {signed.visit.nas_identifier}"


_limiter = Limiter(
    key_func=remote_address, headers_enabled=True, in_memory_fallback_enabled=True, key_prefix="hotspots"
)


def install(app: Flask) -> None:
    """Count for this application."""
    store = services_of(app).settings.rate_limit_store.get_secret_value()
    app.config["RATELIMIT_STORAGE_URI"] = store
    # A store that hangs must not hold up a page: after a second it is taken for dead, and memory counts.
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {} if store.startswith("memory") else _PATIENCE
    _limiter.init_app(app)


def attempts(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit a view that people post to."""
    by_address = _limiter.limit(ATTEMPTS_OF_AN_ADDRESS)(view)
    limited: Callable[_P, _R] = _limiter.limit(ATTEMPTS_OF_A_DEVICE, key_func=device)(by_address)
    return limited


def guesses(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit a view with a secret to guess: a device that changes its address all the time gets no further.

    Only what was wrong counts, and only here: whoever uses that up leaves all others their tap.
    """
    by_device = attempts(view)
    limit = _limiter.limit(WRONG_VOUCHERS_AT_A_HOTSPOT, key_func=hotspot, deduct_when=_was_refused)
    limited: Callable[_P, _R] = limit(by_device)
    return limited


def refused_visits(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit what is refused of a view only: each is written down, and a stranger must not fill the database."""
    limited: Callable[_P, _R] = _limiter.limit(REFUSED_VISITS_OF_AN_ADDRESS, deduct_when=_was_turned_away)(view)
    return limited


def reports(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit a view that writes a row for staff to read; what was refused as unreadable does not count."""
    by_address = _limiter.limit(ATTEMPTS_OF_AN_ADDRESS)(view)
    limited: Callable[_P, _R] = _limiter.limit(REPORTS_OF_A_DEVICE, key_func=device, deduct_when=_was_taken)(
        by_address
    )
    return limited


def report_numbers(view: Callable[_P, _R]) -> Callable[_P, _R]:
    """Limit a view that is opened by a number: only those that there are not count."""
    limit = _limiter.limit(WRONG_NUMBERS_OF_A_NETWORK, key_func=remote_network, deduct_when=_was_not_found)
    limited: Callable[_P, _R] = limit(view)
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


def _was_turned_away(response: Response) -> bool:
    # With 503 where a controller had to be asked, and did not answer: that is written down, too.
    return response.status_code in (403, 503)


def _was_taken(response: Response) -> bool:
    return response.status_code == 303


def _was_not_found(response: Response) -> bool:
    return response.status_code == 404
