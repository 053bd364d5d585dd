"""Each sender's packets come to one worker, whatever port they are sent from."""

from __future__ import annotations

import select
import socket

import pytest

from hotspots.processes import listen
from hotspots.processes.steering import worker_of


def heard_by(group: list[socket.socket], datagram: bytes) -> int:
    """The number of the socket that hears this datagram, which is in the kernel already."""
    ready, _, _ = select.select(group, [], [], 5)
    (member,) = ready
    assert member.recv(100) == datagram
    return group.index(member)


@pytest.mark.parametrize("workers", [2, 3])
def test_a_sender_comes_to_the_same_worker_from_every_port_and_all_workers_have_senders(workers: int) -> None:
    group = listen.udp_group("127.0.0.1", 0, workers, setting="")
    met = set()
    for last in range(1, 23):
        address = f"127.0.1.{last}"
        expected = worker_of(address, workers)
        met.add(expected)
        for attempt in range(4):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.bind((address, 0))
                sender.sendto(b"%d" % attempt, group[0].getsockname())
                assert heard_by(group, b"%d" % attempt) == expected
    assert met == set(range(workers))
    for member in group:
        member.close()


def test_ipv6_and_ipv4_on_one_socket_are_steered_too() -> None:
    group = listen.udp_group("::", 0, 2, setting="")
    port = group[0].getsockname()[1]
    for family, source, target in (
        (socket.AF_INET6, "::1", "::1"),
        (socket.AF_INET, "127.0.1.6", "127.0.0.1"),
        (socket.AF_INET, "127.0.1.7", "127.0.0.1"),
    ):
        for _ in range(4):
            with socket.socket(family, socket.SOCK_DGRAM) as sender:
                sender.bind((source, 0))
                sender.sendto(b"x", (target, port))
                assert heard_by(group, b"x") == worker_of(source, 2)
    for member in group:
        member.close()
