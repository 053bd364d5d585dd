"""Disconnects that come down the connection, and what happens where nobody listens there."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotspots.models import Session, SessionCommand
from hotspots.sessions import disconnects
from radius.radsec import asking
from tests.radius.fake_nas import FakeNas, acks
from tests.radius.gateway import Gateway, attributes, login, number, report, status_server
from tests.radius.radsec.peer import RADSEC, Certificates, Peer, Server, accounting, is_signed, reply_to, with_token
from tests.radius.running import PHONE, House, Worker, eventually

START, STOP = 1, 2
DISCONNECT, ACK, NAK = 40, 41, 42
COA, COA_ACK = 43, 44
DEVICE = (31, PHONE.encode())
NAMES = (DEVICE, (44, b"s1"), (1, b"somebody"))


def ask_to_end(house: House) -> None:
    """Staff press the button beside the only session."""
    with house.database.write() as db:
        session = db.scalars(select(Session)).one()
        assert disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC)) is not None


def command(house: House) -> SessionCommand:
    with house.database.read() as db:
        return db.scalars(select(SessionCommand)).one()


def settled(house: House, within_seconds: float = 60.0) -> SessionCommand:
    return eventually(lambda: (found := command(house)).state != "asked" and found, within_seconds)


def attributes_of(octets: bytes) -> dict[int, bytes]:
    found, at = {}, 20
    while at < len(octets):
        found[octets[at]] = octets[at + 2 : at + octets[at + 1]]
        at += octets[at + 1]
    return found


def test_it_comes_down_the_connection_and_the_stop_proves_it(
    house: House, server: Server, certificates: Certificates
) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        peer.ask(accounting((40, number(START)), *NAMES))
        ask_to_end(house)
        asked = peer.hear()
        assert asked is not None
        assert asked[0] == DISCONNECT
        assert is_signed(asked, bytes(16))
        assert attributes_of(asked)[44] == b"s1"
        peer.send(reply_to(asked, ACK))
        done = settled(house)
        assert (done.state, done.attempts) == ("acked", 1)
        assert done.round_trip_ms is not None
        peer.ask(accounting((40, number(STOP)), *NAMES, identifier=2))
    assert command(house).state == "proved"


def test_new_limits_come_down_the_connection_as_coa(
    house: House, server: Server, certificates: Certificates
) -> None:
    code = house.voucher()
    with Peer(server.port, certificates.access_point()) as peer:
        granted = (25, peer.ask(login(code, code, secret=RADSEC)).first[25])
        peer.ask(accounting((40, number(START)), *NAMES, granted, identifier=2))
        house.set_plan(session_seconds=7200, rate_down_bps=2_000_000)
        asked = peer.hear()
        assert asked is not None
        assert asked[0] == COA
        assert is_signed(asked, bytes(16))
        assert int.from_bytes(attributes_of(asked)[27], "big") == pytest.approx(7200, abs=5)
        peer.send(reply_to(asked, COA_ACK))
        done = settled(house)
    assert (done.kind, done.state) == ("change", "acked")


def test_a_refusal_says_why(house: House, server: Server, certificates: Certificates) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        peer.ask(accounting((40, number(START)), *NAMES))
        ask_to_end(house)
        asked = peer.hear()
        assert asked is not None
        peer.send(reply_to(asked, NAK, (101, struct.pack(">I", 503))))
        done = settled(house)
    assert (done.state, done.error_cause) == ("nacked", 503)


def test_it_comes_with_a_token_where_that_was_agreed_to(
    house: House, server: Server, certificates: Certificates
) -> None:
    with Peer(server.port, certificates.access_point(), alpn=("radius/1.1",)) as peer:
        peer.ask(with_token(4, 1, (40, number(START)), *NAMES))
        ask_to_end(house)
        asked = peer.hear()
        assert asked is not None
        assert (asked[0], asked[1], asked[8:20]) == (DISCONNECT, 0, bytes(12))
        assert 80 not in attributes_of(asked)
        peer.send(with_token(ACK, int.from_bytes(asked[4:8], "big") ^ 1))  # of nobody
        peer.send(with_token(ACK, int.from_bytes(asked[4:8], "big")))
        assert settled(house).state == "acked"


def test_a_forged_answer_ends_the_connection(
    house: House, server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WAIT_SECONDS", 0.5)
    with Peer(server.port, certificates.access_point()) as peer:
        peer.ask(accounting((40, number(START)), *NAMES))
        ask_to_end(house)
        asked = peer.hear()
        assert asked is not None
        forged = bytearray(reply_to(asked, ACK))
        forged[5] ^= 1
        peer.send(bytes(forged))
        assert peer.is_ended()


def test_answers_that_nobody_asked_for_are_let_be(server: Server, certificates: Certificates) -> None:
    with Peer(server.port, certificates.access_point()) as peer:
        peer.send(bytes((ACK, 7, 0, 20)) + bytes(16))
        assert peer.ask(status_server(secret=RADSEC)).code == 2


def test_an_order_waits_for_an_access_point_that_comes_back(
    house: House, server: Server, certificates: Certificates
) -> None:
    folder = certificates.access_point()
    with Peer(server.port, folder) as peer:
        peer.ask(accounting((40, number(START)), *NAMES))
    eventually(lambda: server.connections == 0)
    ask_to_end(house)
    time.sleep(0.5)
    assert command(house).state == "asked"
    with Peer(server.port, folder) as peer:
        asked = peer.hear()
        assert asked is not None
        peer.send(reply_to(asked, ACK))
        assert settled(house).state == "acked"


@contextmanager
def deaf(peer: Peer, until: Callable[[], bool]) -> Iterator[list[bytes]]:
    """A proxy that hands on in one direction only: it reads what comes and says nothing."""
    heard: list[bytes] = []

    def read() -> None:
        while not until():
            try:
                octets = peer.hear(0.2)
            except TimeoutError:
                continue
            if octets is None:
                return
            heard.append(octets)

    thread = threading.Thread(target=read)
    thread.start()
    yield heard
    thread.join()


def test_who_never_answers_there_is_asked_by_udp_and_the_next_time_at_once(
    house: House, server: Server, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WAIT_SECONDS", 0.5)
    folder = certificates.access_point()
    with FakeNas(acks) as nas, Peer(server.port, folder) as peer:
        house.set_access_point(coa_port=nas.port)
        server.catch_up()
        peer.ask(accounting((40, number(START)), *NAMES))
        over = threading.Event()
        with deaf(peer, over.is_set) as heard:
            ask_to_end(house)
            assert settled(house).state == "acked"
            over.set()
        assert [octets[0] for octets in heard] == [DISCONNECT]
        assert len(nas.heard) == 1
        peer.ask(accounting((40, number(STOP)), *NAMES, identifier=2))
        peer.ask(accounting((40, number(START)), DEVICE, (44, b"s2"), (1, b"somebody"), identifier=3))
        with house.database.write() as db:
            session = db.scalars(select(Session).where(Session.acct_session_id == "s2")).one()
            disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC))
        assert eventually(lambda: len(nas.heard) == 2)
        assert heard == heard[:1]


def test_a_worker_leaves_it_to_the_connection_first(
    house: House, worker: Worker, server: Server, certificates: Certificates, gateway: Gateway
) -> None:
    with FakeNas(acks) as nas, Peer(server.port, certificates.access_point()) as peer:
        house.set_access_point(coa_port=nas.port)
        server.catch_up()
        worker.catch_up()
        gateway.ask(worker.acct_port, report(START, "s1", (1, b"somebody")))
        ask_to_end(house)
        asked = peer.hear()
        assert asked is not None
        peer.send(reply_to(asked, ACK))
        assert settled(house).state == "acked"
        assert nas.heard == []
    assert attributes((44, b"s1")) in asked
