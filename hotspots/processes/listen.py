"""The sockets that services listen on: passed in by the supervisor or by systemd, or bound here.

A passed socket outlives the process that serves it, so that packets wait in the kernel while it is restarted
(the protocol of sd_listen_fds(3)).
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import socket
import time
from typing import Final

from hotspots.errors import HotspotsError, PortTakenError
from hotspots.processes import steering
from hotspots.processes.port_holder import Holder, find_holder

FIRST_DESCRIPTOR: Final = 3
RADIUS_AUTH: Final = "radius-auth"
RADIUS_ACCT: Final = "radius-acct"
RADSEC: Final = "radsec"
PORTAL: Final = "portal"
METRICS: Final = "metrics"
RECORDER: Final = "recorder"

RECEIVE_BUFFER_OCTETS: Final = 4 * 1024 * 1024
LEFT_OVER_SECONDS: Final = 15.0
"""Longer than what is left of a killed run takes to end: the portal still answers whom it had begun to answer."""

_LOOK_EVERY_SECONDS: Final = 0.05
_BACKLOG: Final = 1024
_SO_RCVBUFFORCE: Final = 33  # asm-generic/socket.h; Python has no name for it

_log = logging.getLogger(__name__)


def udp(name: str, host: str, port: int, *, setting: str, workers: int = 1) -> socket.socket:
    """The datagram socket passed in under `name`, or a new one on `host` and `port`.

    On `::` it also hears IPv4, whose senders then read `::ffff:192.0.2.1`.

    Args:
        name: The name in LISTEN_FDNAMES.
        host: An IPv4 or IPv6 address.
        port: A port; 0 takes any free one.
        setting: The setting that changes the port, for the error.
        workers: So many sockets of ours share the port, each sender's packets coming to the same one
            (:mod:`hotspots.processes.steering`).

    Raises:
        PortTakenError: The address cannot be bound.
    """
    found = _passed(name, socket.SOCK_DGRAM)
    if found is not None:
        return found
    bound = _bind(socket.SOCK_DGRAM, host, port, setting, shared=workers > 1)
    if workers > 1:
        steering.steer(bound, workers)
    _enlarge_receive_buffer(bound)
    return bound


def udp_group(host: str, port: int, count: int, *, setting: str) -> list[socket.socket]:
    """New datagram sockets on one port, one for each of `count` workers.

    Raises:
        PortTakenError: The address cannot be bound.
    """
    # Alone at first: SO_REUSEPORT would also share with a second installation of the same user.
    first = _bind(socket.SOCK_DGRAM, host, port, setting, shared=False)
    if count > 1:
        port = first.getsockname()[1]
        first.close()
        group = [_bind(socket.SOCK_DGRAM, host, port, setting, shared=True) for _ in range(count)]
        steering.steer(group[0], count)
    else:
        group = [first]
    for member in group:
        _enlarge_receive_buffer(member)
    return group


def tcp(name: str, host: str, port: int, *, setting: str) -> socket.socket:
    """The listening stream socket passed in under `name`, or a new one on `host` and `port`.

    Raises:
        PortTakenError: The address cannot be bound.
    """
    found = _passed(name, socket.SOCK_STREAM)
    if found is not None:
        return found
    return _bind(socket.SOCK_STREAM, host, port, setting, shared=False)


def local(name: str) -> socket.socket | None:
    """The socket for whole messages between processes of this machine (SOCK_SEQPACKET) passed in under `name`."""
    return _passed(name, socket.SOCK_SEQPACKET)


def _passed(name: str, kind: socket.SocketKind) -> socket.socket | None:
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    if name not in names:
        return None
    descriptor = FIRST_DESCRIPTOR + names.index(name)
    # A duplicate, so that whoever asks twice gets two sockets that can be closed one by one.
    found = socket.socket(fileno=os.dup(descriptor))
    if found.type != kind:
        found.close()
        raise HotspotsError(
            f"the socket passed in as {name} is no {kind.name}",
            "Correct ListenDatagram= or ListenStream= in the socket unit",
        )
    return found


def _bind(kind: socket.SocketKind, host: str, port: int, setting: str, *, shared: bool) -> socket.socket:
    """A new bound socket, as soon as what is left of a run that was killed has let go of the port."""
    give_up_at = time.monotonic() + LEFT_OVER_SECONDS
    told = unseen = False
    while True:
        try:
            return _bind_now(kind, host, port, shared=shared)
        except OSError as error:
            holder = find_holder(kind, port) if error.errno == errno.EADDRINUSE else None
            may_end = holder.is_left_over if holder is not None else error.errno == errno.EADDRINUSE and not unseen
            if not may_end or time.monotonic() > give_up_at:
                raise _explain(error, holder, kind, host, port, setting) from error
        unseen = holder is None  # it may have ended just now, or be somebody else's whom we may not see
        if holder is not None and not told:
            told = True
            _log.warning("port %d is held by process %d of a run that was killed: waiting for it", port, holder.pid)
        time.sleep(_LOOK_EVERY_SECONDS)


def _bind_now(kind: socket.SocketKind, host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    new = socket.socket(family, kind)
    try:
        if kind is socket.SOCK_STREAM:
            new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        new.bind((host, port))
        if kind is socket.SOCK_STREAM:
            # Two sockets with SO_REUSEADDR may bind the same address; only one of them may listen.
            new.listen(_BACKLOG)
    except OSError:
        new.close()
        raise
    return new


def _explain(
    error: OSError, holder: Holder | None, kind: socket.SocketKind, host: str, port: int, setting: str
) -> PortTakenError:
    where = f"{'UDP' if kind is socket.SOCK_DGRAM else 'TCP'} port {port} on {host}"
    if error.errno == errno.EADDRINUSE:
        by = f"{holder.program} (process {holder.pid})" if holder is not None else "another program"
        return PortTakenError(f"{where} is taken by {by}", f"Stop that program or change {setting}")
    if error.errno == errno.EACCES:
        return PortTakenError(
            f"{where} is not allowed to this user", f"Change {setting} to a port from 1024, or use a socket unit"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return PortTakenError(
            f"{host} is no address of this machine", f"Change the address that goes with {setting}"
        )
    return PortTakenError(f"{where} cannot be listened on: {error.strerror}", f"Change {setting}")


def _enlarge_receive_buffer(bound: socket.socket) -> None:
    # Beyond net.core.rmem_max only with CAP_NET_ADMIN; without it the kernel gives what it allows (socket(7)).
    try:
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER_OCTETS)
    except PermissionError:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
