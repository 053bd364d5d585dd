"""What the RadSec server counts beside what all RADIUS workers do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from prometheus_client import Counter, Gauge

CONNECTIONS: Final = Gauge(
    "hotspots_radsec_connections", "Connections of access points over TLS now.", multiprocess_mode="livesum"
)
HANDSHAKES: Final = Counter("hotspots_radsec_handshakes", "TLS connections that were begun, by result.", ["result"])
ENDED: Final = Counter("hotspots_radsec_ended", "Connections over TLS that ended, by reason.", ["reason"])


class Handshake(StrEnum):
    """What became of a connection before its first packet."""

    GOOD = "good"
    FAILED = "failed"
    TOO_SLOW = "too_slow"
    TOO_MANY = "too_many"
    NO_CERTIFICATE = "no_certificate"
    """We have none ourselves."""
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    WRONG_VERSION = "wrong_version"


class Ending(StrEnum):
    """Why a connection ended that had been taken."""

    BY_PEER = "by_peer"
    BROKEN = "broken"
    IDLE = "idle"
    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad_signature"
    PARTIAL_PACKET = "partial_packet"
    NOT_READING = "not_reading"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SHUTDOWN = "shutdown"
