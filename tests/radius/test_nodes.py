"""Two nodes on one PostgreSQL, each with its worker and its recorder: what one does, the other knows at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from hotspots.database import Database
from radius.numbers import Code
from tests.radius.gateway import Gateway, login, number, report
from tests.radius.running import House, RecorderThread, Worker, eventually, listening

START, INTERIM = 1, 3


@pytest.fixture
def house(postgresql_database: Database, secret_key: SecretStr, tmp_path: Path) -> Iterator[House]:
    with House(postgresql_database, secret_key, tmp_path / "recorder") as house:
        yield house


@pytest.fixture
def nodes(house: House, tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    recorder = RecorderThread(house.database, tmp_path / "other")
    one, two = Worker(house), Worker(house, recorder=recorder)
    listening(house, 2)
    yield one, two
    one.stop()
    two.stop()
    recorder.stop()


def reason(worker: Worker, gateway: Gateway, name: str, password: str) -> bytes:
    answer = gateway.ask(worker.auth_port, login(name, password))
    return next((value for kind, value in answer.attributes if kind == 18), b"")


def test_a_ticket_is_used_on_both(house: House, nodes: tuple[Worker, Worker], gateway: Gateway) -> None:
    ticket = house.ticket()
    assert gateway.ask(nodes[0].auth_port, login(ticket.user_name, ticket.password)).code == Code.ACCESS_ACCEPT
    eventually(nodes[1].knows_used_ticket)
    assert reason(nodes[1], gateway, ticket.user_name, ticket.password) == b"ticket_used"


def test_octets_count_on_both(house: House, nodes: tuple[Worker, Worker], gateway: Gateway) -> None:
    house.set_plan(daily_octets=1000)
    code = house.voucher()
    for worker in nodes:
        worker.catch_up()
    accept = gateway.ask(nodes[0].auth_port, login(code, code, "02:11:22:33:44:55"))
    assert accept.code == Code.ACCESS_ACCEPT
    echoed = next(value for kind, value in accept.attributes if kind == 25)
    gateway.ask(nodes[0].acct_port, report(START, "s1", (25, echoed)))
    gateway.ask(nodes[0].acct_port, report(INTERIM, "s1", (25, echoed), (42, number(1001)), identifier=2))
    eventually(lambda: reason(nodes[1], gateway, code, code).startswith(b"daily_octets_spent"))


def test_what_staff_change_is_known_on_both_within_a_second(
    house: House, nodes: tuple[Worker, Worker], gateway: Gateway
) -> None:
    for worker in nodes:
        assert gateway.ask(worker.auth_port, login("nobody", "nobody")).code == Code.ACCESS_REJECT
    began = time.monotonic()
    house.set_access_point(sealed_secret=house.database.vault.seal(SecretStr("another secret")))
    for worker in nodes:
        eventually(lambda worker=worker: answered(worker, gateway, b"another secret"))  # type: ignore[misc] # bound
    assert time.monotonic() - began < 30, "the loop of eventually asks ten times a second"


def answered(worker: Worker, gateway: Gateway, secret: bytes) -> bool:
    gateway.send(worker.auth_port, login("nobody", "nobody", secret=secret))
    return gateway.hear(0.1) is not None


def test_a_session_may_go_from_one_to_the_other(
    house: House, nodes: tuple[Worker, Worker], gateway: Gateway
) -> None:
    """What each of them knows of its last sessions is worth nothing once the other has written."""
    for octets in range(1, 40):
        gateway.ask(nodes[octets % 2].acct_port, report(INTERIM, "s1", (42, number(octets)), identifier=octets))
    with house.database.read() as db:
        assert db.execute(text("SELECT octets_up FROM sessions")).all() == [(39,)]
        assert db.execute(text("SELECT sum(octets_up), sum(sessions_started) FROM usage_hours")).all() == [(39, 1)]


def test_who_could_not_listen_reads_what_was_missed(
    house: House, nodes: tuple[Worker, Worker], gateway: Gateway
) -> None:
    ticket = house.ticket()
    with house.database.write() as db:
        deaf = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        assert len(db.execute(text(deaf)).all()) == 2
    assert gateway.ask(nodes[0].auth_port, login(ticket.user_name, ticket.password)).code == Code.ACCESS_ACCEPT
    eventually(nodes[1].knows_used_ticket)  # after a second of patience they listen again
    assert reason(nodes[1], gateway, ticket.user_name, ticket.password) == b"ticket_used"
