"""How each gateway wants a Disconnect-Request: which names of the session, and what else.

Gateways check every name that they are given, so each gets what it needs and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from types import MappingProxyType

from hotspots.disconnect_orders import Order
from radius.numbers import Attribute
from radius.wire import AttributeValue, attribute


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a Disconnect holds beside Acct-Session-Id, which every gateway takes."""

    user_name: bool = True
    framed_ip: bool = False
    event_timestamp: bool = False
    """Seconds since 1970, against packets that are played back (RFC 5176 section 6.3)."""
    signed: bool = True
    """Whether a Message-Authenticator may stand in it."""


STANDARD = Dialect(event_timestamp=True)
"""For gateways that keep to RFC 5176."""

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        # Without User-Name it gives no answer at all, and with it alone it ends all sessions of that name.
        "coovachilli": Dialect(),
        # Finds a HotSpot user by address and name (its manual, page "RADIUS", section "Disconnect messages").
        "mikrotik": Dialect(framed_ip=True),
        # Refuses whatever it does not know, Message-Authenticator among it.
        "uspot": Dialect(user_name=False, signed=False),
        # hostapd underneath: asks for Event-Timestamp, and may know the session by another name than accounting.
        "unifi": Dialect(user_name=False, event_timestamp=True),
    }
)
"""By the name of the access point's gateway; the others are spoken to by the standard."""


def disconnect(dialect: Dialect, order: Order, now: datetime) -> list[AttributeValue] | None:
    """The attributes of a Disconnect-Request; None where the session lacks a name that the gateway needs."""
    found = [attribute(Attribute.ACCT_SESSION_ID, order.acct_session_id)]
    if dialect.user_name:
        if order.user_name is None:
            return None
        found.insert(0, attribute(Attribute.USER_NAME, order.user_name))
    if dialect.framed_ip and order.framed_ip is not None:
        address = ip_address(order.framed_ip)
        if address.version == 4:
            found.append(attribute(Attribute.FRAMED_IP_ADDRESS, address.packed))
    if dialect.event_timestamp:
        found.append(attribute(Attribute.EVENT_TIMESTAMP, int(now.timestamp())))
    return found
