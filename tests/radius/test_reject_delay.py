"""The reject of a guess waits, for as long as its gateway does; nobody else waits with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from hotspots.access_points.clients import Clients, load_clients
from hotspots.database import Database
from hotspots.policy import Reason, Refuse
from radius import reject_delay
from radius.delays import Delays
from radius.numbers import Code
from tests.hotspots.places import add_network
from tests.radius.gateway import Gateway, access_request, login, status_server
from tests.radius.running import PHONE, House, Worker

DELAY_SECONDS = 3.0
"""Longer than what does not wait takes on a busy machine."""


@pytest.fixture
def house(sqlite_house: House) -> House:
    """On SQLite alone: no row differs by how long an answer waits."""
    return sqlite_house


@pytest.fixture
def slow(house: House) -> Iterator[Worker]:
    house.set_access_point(timeout_ms=60_000)
    worker = Worker(house, reject_delay_seconds=DELAY_SECONDS)
    yield worker
    worker.stop()


def asked(gateway: Gateway, port: int, datagram: bytes) -> tuple[int, float]:
    """The code of the answer, and how many seconds it took."""
    began = time.monotonic()
    code = gateway.ask(port, datagram).code
    return code, time.monotonic() - began


def test_a_guess_waits_and_others_do_not(house: House, slow: Worker, gateway: Gateway) -> None:
    code = house.voucher()
    slow.catch_up()
    began = time.monotonic()
    for number in range(20):
        gateway.send(slow.auth_port, access_request((1, b"AAAA-BBBB-CCC%d" % number), identifier=number))
    with Gateway() as other:
        assert asked(other, slow.auth_port, login(code, code))[0] == Code.ACCESS_ACCEPT
        assert other.ask(slow.auth_port, status_server()).code == Code.ACCESS_ACCEPT
    assert time.monotonic() - began < DELAY_SECONDS, "they came between"
    answers = [gateway.hear() for _ in range(20)]
    assert time.monotonic() - began >= DELAY_SECONDS
    assert sorted(answer[:2] for answer in answers if answer) == [bytes((3, number)) for number in range(20)]


def test_who_asks_again_meanwhile_is_not_answered_twice(slow: Worker, gateway: Gateway) -> None:
    guess = access_request((1, b"nobody"), (3, bytes(17)), (60, bytes(16)))
    for _ in range(5):
        gateway.send(slow.auth_port, guess)
        time.sleep(0.05)
    first = gateway.hear()
    assert first is not None
    assert gateway.hear(0.2) is None
    assert gateway.ask(slow.auth_port, guess).raw == first, "the same bytes, whenever it asks"


def test_a_device_on_its_way_to_the_portal_does_not_wait(slow: Worker, gateway: Gateway) -> None:
    code, seconds = asked(gateway, slow.auth_port, access_request((1, PHONE.encode()), (31, PHONE.encode())))
    assert (code, seconds < DELAY_SECONDS) == (Code.ACCESS_REJECT, True)


def test_who_waits_is_answered_when_the_worker_ends(house: House, gateway: Gateway) -> None:
    worker = Worker(house, reject_delay_seconds=30)
    house.set_access_point(timeout_ms=60_000)
    worker.catch_up()
    gateway.send(worker.auth_port, access_request((1, b"nobody"), (3, bytes(17)), (60, bytes(16))))
    assert gateway.hear(0.7) is None, "longer than it takes to look at the database once more"
    worker.stop()
    answer = gateway.hear()
    assert answer is not None
    assert answer[0] == Code.ACCESS_REJECT


@pytest.mark.parametrize(
    ("gateway", "timeout_ms", "reason", "seconds"),
    [
        ("coovachilli", None, Reason.WRONG_PASSWORD, 1.0),
        ("coovachilli", 1500, Reason.UNKNOWN_USER, 0.5),
        ("mikrotik", None, Reason.TICKET_FORGED, 0.1),
        ("mikrotik", 3000, Reason.TOO_MANY_TRIES, 1.0),
        ("mikrotik", 60_000, Reason.WRONG_PASSWORD, 1.0),
        ("coovachilli", None, Reason.DEVICE_NOT_REMEMBERED, 0.0),
        ("coovachilli", None, Reason.DAILY_TIME_SPENT, 0.0),
        ("coovachilli", None, Reason.TICKET_USED, 0.0),
    ],
)
def test_how_long_is_decided_by_reason_and_by_the_patience_of_the_gateway(
    sqlite_database: Database, gateway: str, timeout_ms: int | None, reason: Reason, seconds: float
) -> None:
    client = _clients(sqlite_database, gateway, timeout_ms).by_id[1]
    assert reject_delay.seconds(Refuse(reason), client, 1.0) == pytest.approx(seconds)


def _clients(database: Database, gateway: str, timeout_ms: int | None) -> Clients:
    with database.write() as db:
        point = add_network(db, database.vault)
        point.gateway, point.timeout_ms = gateway, timeout_ms
    with database.read() as db:
        return load_clients(db, database.vault)


def test_calls_come_in_the_order_in_which_they_are_due_and_too_many_at_once() -> None:
    async def run() -> list[str]:
        called: list[str] = []
        done = asyncio.Event()
        delays = Delays(most_waiting=3)

        def say(word: str) -> Callable[[], None]:
            return lambda: called.append(word)

        delays.after(0.06, done.set)
        delays.after(0.04, say("later"))
        delays.after(0.02, say("sooner"))
        delays.after(0.02, say("one too many"))
        delays.after(0, say("at once"))
        await asyncio.wait_for(done.wait(), 10)
        assert len(delays) == 0
        delays.after(30, say("in the end"))
        delays.stop()
        return called

    assert asyncio.run(run()) == ["one too many", "at once", "sooner", "later", "in the end"]
