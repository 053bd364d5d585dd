"""How each gateway wants a Disconnect- or CoA-Request: which names of the session, and what else; and its patience.

Gateways check every name that they are given, so each gets what it needs and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from types import MappingProxyType

from hotspots.sessions.disconnect_orders import Order
from radius.numbers import Attribute
from radius.replies import Encoder, coovachilli, mikrotik, timers, wispr
from radius.wire import AttributeValue, attribute


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a Disconnect holds, and what else is to be known of a gateway."""

    session_id: bool = True
    user_name: bool = True
    framed_ip: bool = False
    calling_station: bool = False
    """The device's address as ``AA-BB-CC-DD-EE-FF`` (RFC 3580 section 3.21)."""
    event_timestamp: bool = False
    """Seconds since 1970, against packets that are played back (RFC 5176 section 6.3)."""
    signed: bool = True
    """Whether a Message-Authenticator may stand in it."""
    change: Encoder | None = None
    """The attributes of a CoA-Request that give a session other limits; None where it takes none."""
    changes_rates: bool = True
    """Whether such a CoA changes how fast a session is."""
    changes_plan: bool = True
    """Whether it gives a session another plan: not where an Access-Accept names the plan, and a CoA cannot."""
    timeout_ms: int = 3000
    """How long it waits for an answer of ours, where nobody has set it otherwise."""


STANDARD = Dialect(event_timestamp=True, change=wispr.encode)
"""For gateways that keep to RFC 5176."""

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        # Without User-Name it gives no answer at all, and with it alone it ends all sessions of that name.
        # A CoA sets to nothing whatever it does not name (chilli.c), so it is told all limits.
        "coovachilli": Dialect(change=coovachilli.encode),
        # Finds a HotSpot user by address and name (its manual, page "RADIUS", section "Disconnect messages").
        # Rates and times may be changed; a Total-Limit may not, nor an Address-List, which names the plan (the same
        # page, "Change of Authorization", lists what may). It waits for 300 ms (the same page, "timeout").
        "mikrotik": Dialect(framed_ip=True, change=mikrotik.encode_change, changes_plan=False, timeout_ms=300),
        # Refuses whatever it does not know, Message-Authenticator and all attributes of vendors among it.
        "uspot": Dialect(user_name=False, signed=False, change=timers.encode, changes_rates=False),
        # hostapd underneath: asks for Event-Timestamp, and may know the session by another name than accounting.
        "unifi": Dialect(user_name=False, event_timestamp=True),
        # Finds a session by its id and the device, and knows neither User-Name nor Event-Timestamp there (Cisco's
        # "Change of Authorization Support").
        "cisco": Dialect(user_name=False, calling_station=True),
        # As other servers have them taken: Cambium's e410 by name and device, Ruckus' controllers by all three
        # (PacketFence names SmartZone the name and the device).
        "cambium": Dialect(session_id=False, calling_station=True),
        "ruckus": Dialect(calling_station=True),
        "smartzone": Dialect(calling_station=True),
        # Its portal has a switch for "Disconnect Requests" and none for changes.
        "omada": Dialect(event_timestamp=True),
    }
)
"""By the name of the access point's gateway; the others are spoken to by the standard."""


def names(dialect: Dialect, order: Order, now: datetime) -> list[AttributeValue] | None:
    """What names a session to its gateway; None where the session lacks a name that the gateway needs."""
    found: list[AttributeValue] = []
    if not dialect.session_id and order.device is None:
        return None  # a name alone may be that of several devices
    if dialect.user_name:
        if order.user_name is None:
            return None
        found.append(attribute(Attribute.USER_NAME, order.user_name))
    if dialect.session_id:
        found.append(attribute(Attribute.ACCT_SESSION_ID, order.acct_session_id))
    if dialect.calling_station and order.device is not None:
        found.append(attribute(Attribute.CALLING_STATION_ID, order.device.replace(":", "-").upper()))
    if dialect.framed_ip and order.framed_ip is not None:
        address = ip_address(order.framed_ip)
        if address.version == 4:
            found.append(attribute(Attribute.FRAMED_IP_ADDRESS, address.packed))
    if dialect.event_timestamp:
        found.append(attribute(Attribute.EVENT_TIMESTAMP, int(now.timestamp())))
    return found
