"""Half-open, slow and broken connections: each costs us little, and the others nothing."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from prometheus_client import REGISTRY

from radius.radsec import connection, connections, listener
from tests.radius.gateway import number, status_server
from tests.radius.radsec.peer import (
    RADSEC,
    Certificates,
    Peer,
    Server,
    accounting,
    open_sockets,
    with_token,
)
from tests.radius.running import House, eventually

ACCEPT = 2


def alive(peer: Peer) -> bool:
    return peer.ask(status_server(secret=RADSEC)).code == ACCEPT


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"hotspots_radsec_{name}_total", labels) or 0.0


@contextmanager
def counting(name: str, **labels: str) -> Iterator[None]:
    """Fails where nothing of this was counted by the end, or soon after."""
    before = counted(name, **labels)
    yield
    assert eventually(lambda: counted(name, **labels) > before)


def half_open(server: Server, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), source_address=(source, 0))


def is_closed(plain: socket.socket, within_seconds: float = 30.0) -> bool:
    plain.settimeout(within_seconds)
    try:
        return plain.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_a_handshake_that_is_not_done_in_time_is_given_up(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "HANDSHAKE_SECONDS", 0.3)
    with counting("handshakes", result="too_slow"), half_open(server) as silent:
        assert is_closed(silent)
    with counting("handshakes", result="too_slow"), half_open(server) as slow:
        slow.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
        assert is_closed(slow)
    monkeypatch.undo()
    with Peer(server.port, certificates.access_point()) as peer:
        assert alive(peer)


def test_what_is_no_tls_is_ended_at_once(server: Server) -> None:
    with counting("handshakes", result="failed"), half_open(server) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert is_closed(plain)


def test_many_half_open_connections_of_one_address_keep_nobody_else_waiting(
    server: Server, certificates: Certificates
) -> None:
    folder = certificates.access_point()
    with ExitStack() as stack:
        silent = [stack.enter_context(half_open(server, "127.0.9.9")) for _ in range(listener.MOST_SHAKING_OF_ONE)]
        with counting("handshakes", result="too_many"), half_open(server, "127.0.9.9") as one_more:
            assert is_closed(one_more)
        peer = stack.enter_context(Peer(server.port, folder))
        assert alive(peer)
        assert not any(is_closed(each, 0.01) for each in silent), "they still have their time"


def test_an_address_whose_handshakes_fail_again_and_again_is_held_back(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "FAILURES_AT_ONCE", 3.0)
    monkeypatch.setattr(listener, "FAILURES_A_SECOND", 0.001)
    for _ in range(3):
        with half_open(server, "127.0.9.8") as plain:
            plain.sendall(b"no TLS at all")
            assert is_closed(plain)
    with counting("handshakes", result="too_many"), half_open(server, "127.0.9.8") as plain:
        assert is_closed(plain)
    with Peer(server.port, certificates.access_point()) as peer:
        assert alive(peer), "from another address"


def test_all_handshakes_together_are_bounded(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = certificates.access_point()
    monkeypatch.setattr(listener, "MOST_SHAKING", 3)
    with ExitStack() as stack, Peer(server.port, folder) as peer:
        for last in range(3):
            stack.enter_context(half_open(server, f"127.0.9.{last + 10}"))
        with half_open(server, "127.0.9.20") as one_more:
            assert is_closed(one_more)
        assert alive(peer), "who is in stays in"


def test_connections_of_a_certificate_are_bounded_and_the_newest_takes_the_place_of_the_quietest(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_PER_CERTIFICATE", 2)
    folder = certificates.access_point()
    with Peer(server.port, folder) as first, Peer(server.port, folder) as second:
        assert alive(second)
        time.sleep(0.05)  # the loop's clock has steps
        assert alive(first)
        with counting("ended", reason="replaced"), Peer(server.port, folder) as third:
            assert second.is_ended()
            assert alive(third)
        assert alive(first)


def test_a_packet_that_never_ends_ends_the_connection(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PARTIAL_SECONDS", 0.3)
    folder = certificates.access_point()
    with Peer(server.port, folder) as slow, Peer(server.port, folder) as other:
        with counting("ended", reason="partial_packet"):
            slow.send(status_server(secret=RADSEC)[:-1])
            assert slow.is_ended()
        assert alive(other)


def test_a_packet_that_comes_octet_by_octet_is_answered(server: Server, certificates: Certificates) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        for octet in status_server(secret=RADSEC):
            peer.send(bytes((octet,)))
        assert peer.hear() is not None


def test_many_packets_in_one_go_are_all_answered(server: Server, certificates: Certificates) -> None:
    """More than may be open at once: the rest waits its turn, and nothing is lost."""
    folder = certificates.access_point()
    with Peer(server.port, folder, alpn=("radius/1.1",)) as peer:
        peer.send(b"".join(with_token(12, token) for token in range(1000)))
        tokens = [answer[4:8] for answer in (peer.hear() for _ in range(1000)) if answer is not None]
    assert sorted(int.from_bytes(token, "big") for token in tokens) == list(range(1000))


def test_who_asks_without_end_keeps_nobody_else_waiting(server: Server, certificates: Certificates) -> None:
    folder = certificates.access_point()
    questions = b"".join(with_token(12, token) for token in range(500))
    over = threading.Event()

    def flood(peer: Peer) -> None:
        with suppress(OSError):
            while not over.is_set():
                peer.send(questions)
                for _ in range(500):
                    peer.hear()

    with Peer(server.port, folder, alpn=("radius/1.1",)) as busy, Peer(server.port, folder) as other:
        thread = threading.Thread(target=flood, args=[busy])
        thread.start()
        waited = []
        for _ in range(10):
            began = time.monotonic()
            assert alive(other)
            waited.append(time.monotonic() - began)
        over.set()
        thread.join()
    assert sorted(waited)[5] < 5, "not behind all that was asked before"


def test_requests_without_an_answer_are_bounded_and_then_forgotten(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_OPEN", 4)
    monkeypatch.setattr(connection, "FORGOTTEN_AFTER_SECONDS", 3.0)
    with Peer(server.port, certificates.access_point()) as peer:
        for identifier in range(4):
            peer.send(accounting((40, number(99)), (44, b"s1"), identifier=identifier))  # met with silence
        assert peer.is_met_with_silence(status_server(secret=RADSEC, identifier=9), 0.3), "it waits its turn"
        assert peer.hear() is not None


def test_who_does_not_read_is_not_read_either_and_goes_in_the_end(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "NOT_READING_SECONDS", 1.0)
    monkeypatch.setattr(connection, "MOST_UNSENT_OCTETS", 64 * 1024)
    folder = certificates.access_point()
    with Peer(server.port, folder, alpn=("radius/1.1",)) as greedy, Peer(server.port, folder) as other:
        greedy.tls.settimeout(0.2)
        # Proxy-States come back, so that each answer is as long as its question.
        question = with_token(12, 1, *((33, bytes(253)) for _ in range(15)))
        sent = 0
        with counting("ended", reason="not_reading"):
            with suppress(OSError):  # the end of patience, on this side
                while sent < 200 << 20:
                    greedy.send(question)
                    sent += len(question)
            assert sent < 100 << 20, "it was not read for long"
            assert alive(other)
        assert alive(other)


@pytest.mark.parametrize(
    "broken",
    [
        bytes((1, 1, 0, 19)) + bytes(16),
        bytes((1, 1, 16, 1)) + bytes(16),
        bytes((1, 1, 0, 23)) + bytes(16) + bytes((1, 9, 65)),
        b"\xff" * 64,
    ],
    ids=["too short", "too long", "attribute overruns", "noise"],
)
def test_what_no_radius_packet_is_ends_the_connection(
    server: Server, certificates: Certificates, broken: bytes
) -> None:
    folder = certificates.access_point()
    with Peer(server.port, folder) as peer, Peer(server.port, folder) as other:
        with counting("ended", reason="malformed"):
            peer.send(status_server(secret=RADSEC) + broken + status_server(secret=RADSEC))
            answers = [peer.hear(), peer.hear()]
            assert answers[1] is None, "nothing behind it is read"
        assert alive(other)


def test_noise_of_all_kinds_leaves_the_server_answering(server: Server, certificates: Certificates) -> None:
    generator = random.Random(2083)
    folder = certificates.access_point()
    with Peer(server.port, folder) as other:
        for _ in range(40):
            with Peer(server.port, folder, alpn=generator.choice(((), ("radius/1.1",)))) as peer:
                packet = bytearray(status_server(secret=RADSEC) * 3)
                for _ in range(generator.randrange(1, 6)):
                    packet[generator.randrange(len(packet))] = generator.randrange(256)
                peer.send(bytes(packet[: generator.randrange(1, len(packet))]))
        assert alive(other)


@pytest.mark.parametrize(("watchdogs", "stays"), [(0, True), (4, False)])
def test_a_peer_that_sends_watchdogs_is_missed_sooner(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, watchdogs: int, stays: bool
) -> None:
    monkeypatch.setattr(connection, "WATCHED_IDLE_SECONDS", 0.5)
    with Peer(server.port, certificates.access_point()) as peer:
        for _ in range(watchdogs):
            assert alive(peer)
        assert peer.is_ended(1.5) is not stays


def test_a_peer_that_says_nothing_is_let_go_in_the_end(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.5)
    with counting("ended", reason="idle"), Peer(server.port, certificates.access_point()) as peer:
        assert peer.is_ended()


def test_connections_that_break_leave_nothing_behind(
    server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "FAILURES_AT_ONCE", 100.0)
    folder = certificates.access_point()
    before = open_sockets()
    for round_ in range(30):
        peer = Peer(server.port, folder)
        if round_ % 2:
            # A reset instead of an end.
            peer.tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        peer.send(status_server(secret=RADSEC)[: 1 + round_])
        peer.tls.close()
        half_open(server).close()
    assert eventually(lambda: server.connections == 0)
    assert eventually(lambda: open_sockets() <= before)


def test_dead_peers_are_found_by_the_kernel(server: Server, certificates: Certificates) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        assert alive(peer)
        (ours,) = server.run(options(server))
    assert ours == (1, 60, 10, 3, 30_000)


async def options(server: Server) -> list[tuple[int, ...]]:
    wanted = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    found = []
    for each in server.server.connections._by_address.values():
        plain = each._transport.get_extra_info("socket")
        values = [plain.getsockopt(socket.IPPROTO_TCP, option) for option in wanted]
        found.append((plain.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), *values))
    return found


def test_it_stops_while_somebody_is_connected_and_shaking(house: House, certificates: Certificates) -> None:
    folder = certificates.access_point()
    server = Server(house)
    with Peer(server.port, folder) as peer, half_open(server):
        assert alive(peer)
        server.stop()
        assert peer.is_ended()
