"""Checks of the machine: folder, key file, ports, clock, kernel buffer."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from hotspots import secret_key
from hotspots.doctor.finding import Finding, State
from hotspots.errors import PortTakenError
from hotspots.processes import listen
from hotspots.processes.port_holder import find_holder
from hotspots.settings import Settings

_LEAST_FREE_OCTETS: Final = 500_000_000
_UNSYNCHRONISED_MICROSECONDS: Final = 16_000_000  # NTP_PHASE_LIMIT of the Linux kernel, beyond which time is lost
_TIMEX_OCTETS: Final = 256  # struct timex has 208 on 64 bits
_MAXERROR_POSITION: Final = 3  # modes, offset, freq, maxerror: each a long with its padding (adjtimex(2))
_FEWEST_DIFFERENT_CHARACTERS: Final = 12


def check_data_dir(settings: Settings) -> Iterator[Finding]:
    """The folder of the state: there, ours, closed to others, with room on the disk."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("data_dir", State.WRONG, f"{folder} does not exist", "Run: hotspots run")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            "data_dir", State.WRONG, f"{folder} cannot be written", "Change its owner, or HOTSPOTS_DATA_DIR"
        )
    if folder.stat().st_mode & 0o007:
        yield Finding("data_dir", State.WRONG, f"{folder} is open to everybody", f"Run: chmod o= {folder}")
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_OCTETS:
        yield Finding("data_dir", State.WRONG, f"only {free // 1_000_000} MB are free", "Make room on the disk")
    yield Finding("data_dir", State.OK, f"{folder}, {free // 1_000_000} MB free")


def check_secret_key(settings: Settings) -> Iterator[Finding]:
    """The key that all others are derived from: there, for its owner only, and random."""
    path = settings.data_dir / secret_key.FILE_NAME
    key = settings.secret_key.get_secret_value()
    if not key:
        yield Finding("secret_key", State.WRONG, "it was not made yet", "Run: hotspots run")
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else 0
    if mode & 0o077:
        yield Finding(
            "secret_key", State.WRONG, f"{path} can be read by others (mode {mode:o})", f"Run: chmod 600 {path}"
        )
    if len(set(key)) < _FEWEST_DIFFERENT_CHARACTERS:
        yield Finding(
            "secret_key",
            State.WRONG,
            "it is not random",
            'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"; '
            "secrets stored under the old key must be entered again",
        )
    yield Finding("secret_key", State.OK, f"{len(key)} characters")


def check_ports(settings: Settings) -> Iterator[Finding]:
    """Each port is free, or held by this system."""
    portal, metrics = settings.portal_bind, settings.metrics_bind
    udp, tcp = socket.SOCK_DGRAM, socket.SOCK_STREAM
    yield _port(udp, settings.radius_bind, settings.radius_auth_port, "HOTSPOTS_RADIUS_AUTH_PORT")
    yield _port(udp, settings.radius_bind, settings.radius_acct_port, "HOTSPOTS_RADIUS_ACCT_PORT")
    if settings.radsec_port is not None:
        yield _port(tcp, settings.radius_bind, settings.radsec_port, "HOTSPOTS_RADSEC_PORT")
    yield _port(tcp, portal.host, portal.port, "HOTSPOTS_PORTAL_BIND")
    yield _port(tcp, metrics.host, metrics.port, "HOTSPOTS_METRICS_BIND")


def _port(kind: socket.SocketKind, host: str, port: int, setting: str) -> Finding:
    check = f"port {'UDP' if kind is socket.SOCK_DGRAM else 'TCP'} {port}"
    holder = find_holder(kind, port)
    if holder is not None and holder.is_ours:
        return Finding(check, State.OK, f"served by this system (process {holder.pid})")
    try:
        (listen.udp if kind is socket.SOCK_DGRAM else listen.tcp)("", host, port, setting=setting).close()
    except PortTakenError as error:
        return Finding(check, State.WRONG, error.message, error.hint)
    return Finding(check, State.OK, "free")


def check_clock(_settings: Settings) -> Iterator[Finding]:
    """Whether NTP keeps the clock: tickets live two minutes, and sessions are counted by time."""
    timex = (ctypes.c_long * (_TIMEX_OCTETS // ctypes.sizeof(ctypes.c_long)))()
    if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex)) < 0:
        yield Finding("clock", State.UNKNOWN, f"the kernel does not tell: {os.strerror(ctypes.get_errno())}")
    else:
        yield judge_clock(timex[_MAXERROR_POSITION])


def judge_clock(largest_error_microseconds: int) -> Finding:
    """What the kernel's own estimate of its largest error means; without NTP it grows until it says nothing.

    Then the time may still be right: where the host of a virtual machine keeps it, say, which the guest is not told.
    """
    if largest_error_microseconds >= _UNSYNCHRONISED_MICROSECONDS:
        return Finding(
            "clock",
            State.ADVICE,
            f"no NTP keeps it as far as the kernel knows; it says {datetime.now(UTC):%H:%M:%S} UTC",
            "Compare that with another clock; install and start chrony or systemd-timesyncd, unless the host keeps it",
        )
    return Finding("clock", State.OK, f"synchronised within {largest_error_microseconds / 1000:.0f} ms")


def check_receive_buffer(_settings: Settings) -> Iterator[Finding]:
    """What the kernel gives to a socket: where packets wait while a worker is restarted."""
    with listen.udp("", "127.0.0.1", 0, setting="") as probe:
        # The kernel says twice of what it was asked for (socket(7)).
        given = probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
    if given >= listen.RECEIVE_BUFFER_OCTETS:
        yield Finding("receive buffer", State.OK, f"{given} octets")
        return
    yield Finding(
        "receive buffer",
        State.ADVICE,
        f"the kernel gives {given} octets of {listen.RECEIVE_BUFFER_OCTETS}",
        f"Run: sysctl -w net.core.rmem_max={listen.RECEIVE_BUFFER_OCTETS}",
    )
