"""Datagrams in and out of a socket, one by one or many in a system call: the same ones, from and to the same peers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from radius import datagrams
from radius.datagrams import MOST_AT_ONCE, Batched, Datagrams, OneByOne
from radius.door import Door
from radius.receiving import Address

Way = Callable[[socket.socket], Datagrams]


def in_batches(bound: socket.socket) -> Datagrams:
    found = datagrams.of(bound)
    assert isinstance(found, Batched), "libc has no recvmmsg and sendmmsg"
    return found


@pytest.fixture(params=[in_batches, OneByOne])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as ours, socket.socket(family, socket.SOCK_DGRAM) as peer:
        for one in (ours, peer):
            one.bind((request.param, 0))
            one.settimeout(30)
        ours.setblocking(False)
        yield ours, peer


def test_what_waits_is_read_with_its_peers(way: Way, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, peer = pair
    sent = [bytes([number]) * (number * 40) for number in range(MOST_AT_ONCE + 3)]
    for octets in sent:
        peer.sendto(octets, ours.getsockname())
    reader = way(ours)
    first, rest, nothing = reader.receive(), reader.receive(), reader.receive()
    assert (len(first), len(rest), nothing) == (MOST_AT_ONCE, 3, [])
    assert first + rest == [(octets, peer.getsockname()) for octets in sent]


def test_a_datagram_that_is_too_long_is_cut(way: Way, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, peer = pair
    peer.sendto(b"x" * 5000, ours.getsockname())
    peer.sendto(b"next", ours.getsockname())
    assert [octets for octets, _ in way(ours).receive()] == [b"x" * 4096, b"next"]


def test_answers_go_to_their_peers(way: Way, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, peer = pair
    writer = way(ours)
    answers = [(b"%d" % number * 100, peer.getsockname()) for number in range(MOST_AT_ONCE + 5)]
    sent = writer.send(answers)
    sent += writer.send(answers[sent:]) if sent < len(answers) else 0
    assert sent == len(answers)
    heard = [peer.recvfrom(4096) for _ in answers]
    assert heard == [(octets, ours.getsockname()) for octets, _ in answers]


def test_one_that_cannot_be_sent_does_not_stop_the_others(
    way: Way, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, peer = pair
    writer = way(ours)
    nowhere: Address = ("no address", 1812) if ours.family == socket.AF_INET else ("no address", 1812, 0, 0)
    # The kernel refuses port 0, we the name.
    for bad in (nowhere, (*peer.getsockname()[:1], 0, *peer.getsockname()[2:])):
        assert writer.send([(b"good", peer.getsockname()), (b"bad", bad)]) == 1
        assert peer.recv(100) == b"good"
        with pytest.raises(OSError, match=r"\[Errno|illegal|not known"):
            writer.send([(b"bad", bad), (b"good", peer.getsockname())])


def test_ipv4_is_answered_through_an_ipv6_socket(way: Way) -> None:
    with (
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer,
    ):
        ours.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        ours.bind(("::", 0))
        ours.setblocking(False)
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(30)
        peer.sendto(b"question", ("127.0.0.1", ours.getsockname()[1]))
        door = way(ours)
        ((octets, address),) = door.receive()
        assert (octets, address[0]) == (b"question", "::ffff:127.0.0.1")
        assert door.send([(b"answer", address)]) == 1
        assert peer.recv(100) == b"answer"


def test_a_door_waits_for_a_network_that_takes_no_more(tmp_path: Path) -> None:
    # A local socket says so when its reader is slow, which UDP on the loopback never does.
    ours, peer = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    ours.bind(str(tmp_path / "ours"))
    peer.bind(str(tmp_path / "peer"))
    peer.setblocking(False)
    expected = [b"answer %d" % number for number in range(1000)]

    async def all_arrive() -> list[bytes]:
        door = Door(ours)
        for answer in expected:
            door.send(answer, str(tmp_path / "peer"))  # type: ignore[arg-type]  # a path is this family's address
        heard: list[bytes] = []
        async with asyncio.timeout(60):
            while len(heard) < len(expected):
                heard.append(await asyncio.get_running_loop().sock_recv(peer, 100))
        door.close()
        return heard

    assert asyncio.run(all_arrive()) == expected
    peer.close()
