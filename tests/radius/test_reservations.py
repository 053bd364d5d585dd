"""Two devices of one person, at two workers and at two nodes: the rest of a budget is given once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.database import Database
from radius.numbers import Code
from tests.radius.gateway import Gateway, login, report
from tests.radius.running import House, RecorderThread, Worker, eventually, listening

PHONE, TABLET = "02:11:22:33:44:55", "02:11:22:33:44:66"
START = 1


@pytest.fixture
def nodes(
    postgresql_database: Database, secret_key: SecretStr, tmp_path: Path
) -> Iterator[tuple[House, list[Worker]]]:
    """Two nodes with a worker and a recorder each, on one PostgreSQL."""
    house = House(postgresql_database, secret_key, tmp_path / "one")
    recorder = RecorderThread(postgresql_database, tmp_path / "two")
    workers = [Worker(house), Worker(house, recorder=recorder)]
    yield house, workers
    for each in (*workers, recorder, house.recorder):
        each.stop()


def octets_granted(worker: Worker, gateway: Gateway, code: str, device: str) -> int | None:
    """What a login of this device may use in octets; None where it is refused."""
    answer = gateway.ask(worker.auth_port, login(code, code, device))
    if answer.code == Code.ACCESS_REJECT:
        return None
    # CoovaChilli-Max-Total-Octets (RFC 2865 section 5.26: vendor 14559, number 3)
    own = (value for kind, value in answer.attributes if kind == 26 and value[:5] == b"\x00\x008\xdf\x03")
    return int.from_bytes(next(own)[6:10], "big")


def vouchers(house: House, workers: tuple[Worker, ...] | list[Worker], count: int) -> list[str]:
    codes = [house.voucher(total_octets=1000) for _ in range(count)]
    for worker in workers:
        worker.catch_up()
    return codes


def test_at_two_workers_of_one_node(house: House, workers: tuple[Worker, Worker], gateway: Gateway) -> None:
    for number, code in enumerate(vouchers(house, workers, 5), 1):
        assert octets_granted(workers[0], gateway, code, PHONE) == 1000

        eventually(partial(workers[1].octets_known, number))
        assert octets_granted(workers[1], gateway, code, TABLET) is None
        assert octets_granted(workers[1], gateway, code, PHONE) == 1000, "the same device may always come back"


def test_while_the_database_is_away(house: House, workers: tuple[Worker, Worker], gateway: Gateway) -> None:
    (code,) = vouchers(house, workers, 1)
    with house.database.write():  # nobody else can write on SQLite
        assert octets_granted(workers[0], gateway, code, PHONE) == 1000
        eventually(partial(workers[1].octets_known, 1))
        assert octets_granted(workers[1], gateway, code, TABLET) is None


def test_a_start_that_comes_before_the_word_of_its_login_counts_once(
    house: House, workers: tuple[Worker, Worker], gateway: Gateway
) -> None:
    """Accounting is told before the log of logins, which waits for others to be written with."""
    (code,) = vouchers(house, workers, 1)
    accept = gateway.ask(workers[0].auth_port, login(code, code, PHONE))
    echoed = next(value for kind, value in accept.attributes if kind == 25)
    gateway.ask(workers[0].acct_port, report(START, "s1", (25, echoed)))
    gateway.ask(workers[0].acct_port, report(2, "s1", (25, echoed), (42, (400).to_bytes(4, "big")), identifier=2))
    eventually(lambda: 400 in workers[1].octets_known(1))
    time.sleep(0.3)  # more than the word of the login waits
    assert octets_granted(workers[1], gateway, code, TABLET) == 600


def test_at_two_nodes(nodes: tuple[House, list[Worker]], gateway: Gateway) -> None:
    house, workers = nodes
    listening(house, 2)
    for number, code in enumerate(vouchers(house, workers, 4), 1):
        assert octets_granted(workers[0], gateway, code, PHONE) == 1000
        eventually(partial(workers[1].octets_known, number))
        assert octets_granted(workers[1], gateway, code, TABLET) is None
