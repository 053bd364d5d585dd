"""How often one address may try to sign in, whatever the names; locking accounts is the domain's."""

from __future__ import annotations

import ipaddress
from typing import Final

from flask import Response, request
from flask_limiter import Limiter

FAILED_LOGINS: Final = "10 per minute; 60 per hour"


def from_where() -> str:
    """The network that asks: an IPv4 address, or the /64 of an IPv6 one, all of which one customer holds."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a name for nobody
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def has_failed(response: Response) -> bool:
    """Whether the answer to a login was no: an office full of people who sign in well shares one address."""
    return response.status_code == 403


limiter = Limiter(key_func=from_where, storage_uri="memory://")
limit_failed_logins = limiter.limit(FAILED_LOGINS, methods=["POST"], deduct_when=has_failed)
