"""Who holds a port."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from hotspots.processes.port_holder import Holder, find_holder


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_process_that_listens_is_found(
    kind: socket.SocketKind, family: socket.AddressFamily, host: str
) -> None:
    with socket.socket(family, kind) as holder:
        holder.bind((host, 0))
        if kind is socket.SOCK_STREAM:
            holder.listen()

        found = find_holder(kind, holder.getsockname()[1])

    assert found is not None
    assert found.pid == os.getpid()


def test_nobody_holds_a_port_that_is_free() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]

    assert find_holder(socket.SOCK_DGRAM, port) is None


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        ("/srv/.venv/bin/python /srv/.venv/bin/hotspots run", True),
        ("/srv/.venv/bin/python -P -m hotspots --verbose radius", True),
        ("/usr/bin/python3 /usr/bin/pytest tests/hotspots", False),
        ("/usr/sbin/freeradius -f", False),
    ],
)
def test_our_own_processes_are_known_by_how_they_were_started(command: str, ours: bool) -> None:
    assert Holder(1, tuple(command.split())).is_ours is ours


@pytest.mark.parametrize(
    ("command", "parent", "left_over"),
    [
        ("python -P -m hotspots --verbose portal", "/sbin/init", True),
        ("python -P -m hotspots --verbose portal", "", True),
        ("python -P -m hotspots --verbose portal", "python /srv/.venv/bin/hotspots run", False),
        ("python /srv/.venv/bin/hotspots run", "/sbin/init", False),
        ("/usr/sbin/freeradius -f", "/sbin/init", False),
        ("", "python /srv/.venv/bin/hotspots run", True),
    ],
)
def test_what_a_killed_run_left_behind_is_told_from_a_run(command: str, parent: str, left_over: bool) -> None:
    assert Holder(1, tuple(command.split()), tuple(parent.split())).is_left_over is left_over


def test_the_parent_of_a_holder_is_found() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        found = find_holder(socket.SOCK_STREAM, holder.getsockname()[1])

    assert found is not None
    parent = Path(f"/proc/{os.getppid()}/cmdline").read_text().rstrip("\0").split("\0")
    assert found.parent_arguments == tuple(parent)
