"""Each packet of a worker on standard output, for ``--debug``, in the words of FreeRADIUS' programs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from radius.drops import Drop
from radius.printing import describe
from radius.receiving import Address
from radius.wire import Flaw, Malformed, parse


class Trace:
    """Shows what comes, what goes out, and what is met with silence."""

    def received(self, peer: Address, datagram: bytes) -> None:
        """Show a datagram that came."""
        _say(f"Received {_described(datagram, f' from {_named(peer)}')}")

    def sent(self, peer: Address, datagram: bytes) -> None:
        """Show a datagram that goes out."""
        _say(f"Sent {_described(datagram, f' to {_named(peer)}')}")

    def dropped(self, peer: Address, reason: Drop | Flaw) -> None:
        """Say why a datagram that was shown before gets no answer."""
        _say(f"Dropped packet from {_named(peer)}: {reason.value}")


def _described(datagram: bytes, peer: str) -> str:
    try:
        return describe(parse(datagram), peer)
    except Malformed as flaw:
        return f"malformed packet{peer} length {len(datagram)}: {flaw}"


def _named(peer: Address) -> str:
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _say(words: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(f"{now} {words}\n")
    sys.stdout.flush()
