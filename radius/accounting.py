"""Accounting-Requests: from a packet to the report that the domain merges."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from hotspots.access_points.clients import Client
from hotspots.sessions import class_attribute
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.class_attribute import SessionClass
from radius import attributes
from radius.drops import Drop, Dropped
from radius.numbers import TERMINATE_CAUSES, AcctStatus, Attribute, CoovaChilli, Vendor
from radius.wire import Packet

_STATUSES: Final = MappingProxyType(
    {
        int(AcctStatus.START): Status.START,
        int(AcctStatus.INTERIM_UPDATE): Status.INTERIM,
        int(AcctStatus.STOP): Status.STOP,
        int(AcctStatus.ACCOUNTING_ON): Status.ON,
        int(AcctStatus.ACCOUNTING_OFF): Status.OFF,
    }
)
_OF_THE_ACCESS_POINT: Final = (Status.ON, Status.OFF)
MOST_DELAY_SECONDS: Final = 7 * 24 * 3600
"""No gateway keeps a record longer than a week; a larger Acct-Delay-Time is a clock that was set."""


def report_of(packet: Packet, client: Client, class_key: bytes, now: datetime) -> Report:
    """What an Accounting-Request reports, its directions as the resident sees them.

    Raises:
        Dropped: It names no session, or does not say what happened to it, or something that we do not keep.
        Malformed: A number in it does not have four octets.
    """
    status = _status(packet)
    delay = _delay_seconds(packet)
    at = now - timedelta(seconds=delay) if delay else now
    if status in _OF_THE_ACCESS_POINT:
        return Report(status, client.id, at)
    session_id = attributes.text(packet, Attribute.ACCT_SESSION_ID)
    if not session_id:
        raise Dropped(Drop.SESSION_ID_MISSING)
    device = attributes.device(packet)
    up, down = _octets_up_down(packet, client)
    return Report(
        status,
        client.id,
        at,
        acct_session_id=session_id,
        user_name=attributes.text(packet, Attribute.USER_NAME),
        device=device,
        framed_ip=attributes.address(packet, Attribute.FRAMED_IP_ADDRESS),
        session_seconds=attributes.integer(packet, Attribute.ACCT_SESSION_TIME) or 0,
        octets_up=up,
        octets_down=down,
        terminate_cause=_terminate_cause(packet) if status is Status.STOP else None,
        grant=_grant(packet, class_key, device),
        nas_port=_nas_port(packet),
    )


def _status(packet: Packet) -> Status:
    number = attributes.integer(packet, Attribute.ACCT_STATUS_TYPE)
    if number is None:
        raise Dropped(Drop.STATUS_TYPE_MISSING)
    status = _STATUSES.get(number)
    if status is None:
        raise Dropped(Drop.STATUS_TYPE_UNSUPPORTED)
    return status


def _delay_seconds(packet: Packet) -> int:
    """Acct-Delay-Time (RFC 2866 section 5.2): how long ago it happened."""
    return min(attributes.integer(packet, Attribute.ACCT_DELAY_TIME) or 0, MOST_DELAY_SECONDS)


def _octets_up_down(packet: Packet, client: Client) -> tuple[int, int]:
    """Octets from and to the resident; what the packet says of its side counts more than the inventory."""
    up, down = attributes.octets_up_down(packet) or (0, 0)
    says_so = attributes.vendor_octets(packet, Vendor.COOVACHILLI, CoovaChilli.ACCT_VIEW_POINT) is not None
    return (down, up) if client.octets_from_client_view and not says_so else (up, down)


def _terminate_cause(packet: Packet) -> str | None:
    number = attributes.integer(packet, Attribute.ACCT_TERMINATE_CAUSE)
    return None if number is None else TERMINATE_CAUSES.get(number, f"Cause-{number}")


def _grant(packet: Packet, class_key: bytes, device: str | None) -> SessionClass | None:
    """Our own Class, where the gateway echoes it; there may be others beside it."""
    for value in attributes.all_octets(packet, Attribute.CLASS):
        found = class_attribute.decode(class_key, value, device)
        if found is not None:
            return found
    return None


def _nas_port(packet: Packet) -> str:
    named = attributes.text(packet, Attribute.NAS_PORT_ID)
    if named is not None:
        return named
    number = attributes.integer(packet, Attribute.NAS_PORT)
    return "" if number is None else str(number)
