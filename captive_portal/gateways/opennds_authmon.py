"""What an openNDS and the portal tell each other behind the visitors' backs: ``authmon``, and who uses how much.

Source: openNDS 10, ``forward_authentication_service/libs/authmon.sh``, ``binauth_log.sh`` (events) and
``src/util.c`` (``ndsctl json``). Text in, values out. Of the octets, "incoming" are those to the visitor.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import msgspec

from captive_portal.gateways.opennds import answer, token_digest
from hotspots import mac
from hotspots.policy import Limits

AT_ONCE: Final = 4
"""authmon lets in no more in one turn; the rest of a longer list is lost on it."""

CAUSES: Final = {
    "client_deauth": "User-Request",
    "idle_deauth": "Idle-Timeout",
    "timeout_deauth": "Session-Timeout",
    "downquota_deauth": "Session-Timeout",
    "upquota_deauth": "Session-Timeout",
    "ndsctl_deauth": "Admin-Reset",
    "shutdown_deauth": "NAS-Reboot",
}
"""The Terminate-Cause (RFC 2866, section 5.10) of each method by which openNDS ends a session."""

_EVENT_FIELD: Final = re.compile(
    r"(method|clientmac|bytes_incoming|bytes_outgoing|session_start|session_end|token)=([^,]*)"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the gateway says of one visitor: seconds by its own clock, octets as the visitor sees them."""

    hid: str
    device: str
    seconds: int
    octets_up: int
    octets_down: int
    cause: str | None = None


def gateway_hashes(nas_identifier: str) -> frozenset[str]:
    """By what authmon may name a gateway of this name: the SHA-256 of the name as it writes it in an address."""
    names = {quote(nas_identifier, safe=""), quote(nas_identifier, safe="-_.~!*'()")}
    names |= {re.sub("%..", lambda match: match[0].lower(), name) for name in names}
    return frozenset(sha256((name + end).encode()).hexdigest() for name in names for end in ("", "%20"))


def entry(hid: str, faskey: bytes, limits: Limits, custom: str) -> str:
    """One visitor as ``view`` lists them: minutes, kbit/s and kB, 0 where the gateway's own setting is to count.

    Either direction may use up the octets alone; that both together do not exceed them is for accounting to watch.
    """
    octets = _in(1000, limits.total_octets)
    fields = (
        answer(hid, faskey),
        0 if limits.session_seconds is None else max(1, -(-limits.session_seconds // 60)),
        _in(1000, limits.rate_up_bps),
        _in(1000, limits.rate_down_bps),
        octets,
        octets,
        base64.b64encode(custom.encode()).decode(),
    )
    return quote(" ".join(str(field) for field in fields), safe="")


def listed(entries: Iterable[str]) -> str:
    """The answer to ``view``."""
    return " ".join(("*", *entries))


def acknowledged(payload: str) -> frozenset[str] | None:
    """The "rhid" of those who were let in; None where authmon only asks who is waiting."""
    text = _decoded(payload).strip()
    return None if text in ("", "none") else frozenset(text.replace("*", " ").split())


def event(payload: str) -> Seen | None:
    """The end of a session as ``deauthed`` tells it; None where a part of it is missing."""
    text = _decoded(payload)
    if "method=" not in text:
        text = _decoded(text)
    given: dict[str, str] = {}
    for name, value in _EVENT_FIELD.findall(text):
        given.setdefault(name, value.strip())
    device = mac.normalise(given.get("clientmac", ""))
    token, cause = given.get("token", ""), CAUSES.get(given.get("method", ""))
    if device is None or not token or cause is None:
        return None
    started, ended = _number(given.get("session_start")), _number(given.get("session_end"))
    return Seen(
        token_digest(token),
        device,
        max(0, ended - started) if started else 0,
        _number(given.get("bytes_outgoing")),
        _number(given.get("bytes_incoming")),
        cause,
    )


class _Client(msgspec.Struct):
    mac: str
    token: str
    state: str
    session_start: str = "0"
    upload_this_session: str = "0"
    download_this_session: str = "0"


class _Clients(msgspec.Struct):
    clients: dict[str, _Client]


_decode = msgspec.json.Decoder(_Clients).decode


def usage(document: bytes, at: int) -> list[Seen] | None:
    """Who is online by ``ndsctl json``, made at ``at`` by the gateway's clock; None where it is no such document."""
    try:
        clients = _decode(document).clients.values()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    found: list[Seen] = []
    for client in clients:
        device = mac.normalise(client.mac)
        if device is not None and client.state == "Authenticated":
            started = _number(client.session_start)
            up, down = 1000 * _number(client.upload_this_session), 1000 * _number(client.download_this_session)
            found.append(Seen(token_digest(client.token), device, max(0, at - started) if started else 0, up, down))
    return found


def _in(unit: int, value: int | None) -> int:
    return 0 if value is None else max(1, value // unit)


def _decoded(payload: str) -> str:
    try:
        return base64.b64decode(payload.strip().replace(" ", "+"), validate=True).decode()
    except (binascii.Error, ValueError):
        return payload


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else 0
