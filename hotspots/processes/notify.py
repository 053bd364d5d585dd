"""Telling the supervisor, or systemd, how this process is doing (the protocol of sd_notify(3))."""

from __future__ import annotations

import logging
import os
import socket

_VARIABLE = "NOTIFY_SOCKET"

_log = logging.getLogger(__name__)


def ready(status: str = "") -> None:
    """This process serves from now on."""
    _send("READY=1", status)


def status(text: str) -> None:
    """What this process is doing, in a few words."""
    _send("", text)


def stopping(status: str = "") -> None:
    """This process has begun to stop."""
    _send("STOPPING=1", status)


def _send(state: str, status: str) -> None:
    address = os.environ.get(_VARIABLE)
    if not address:
        return
    # A name that begins with @ is an abstract one (unix(7)).
    target = "\0" + address[1:] if address.startswith("@") else address
    lines = [line for line in (state, f"STATUS={' '.join(status.split())}" if status else "") if line]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.sendto("\n".join(lines).encode(), target)
    except OSError as error:
        _log.warning("the supervisor at %s cannot be told %s: %s", address, state or "the status", error)
