"""The worker as a process: how it starts, stops and dies, and what it knows of what other processes did."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session
from hotspots.processes.steering import worker_of
from radius.numbers import Code
from tests.radius.gateway import Gateway, login, number, radclient, report
from tests.radius.process import Installation, RadiusProcess
from tests.radius.running import ADDRESS, House, eventually

START, INTERIM = 1, 3


@pytest.fixture
def installation(house: House, tmp_path: Path) -> Installation:
    return Installation(house, tmp_path)


def written(house: House) -> dict[str, int]:
    """The octets of each session in the database."""
    with house.database.read() as db:
        return {row.acct_session_id: row.octets_up for row in db.scalars(select(Session))}


def test_it_says_when_it_serves_and_ends_well_when_asked_to(installation: Installation, gateway: Gateway) -> None:
    with RadiusProcess(installation) as radius:
        assert gateway.ask(installation.acct_port, report(START)).code == Code.ACCOUNTING_RESPONSE
        assert radius.stop() == 0
    assert "Traceback" not in radius.log.read_text()


def test_what_was_made_a_moment_ago_counts_at_once(installation: Installation, gateway: Gateway) -> None:
    """A voucher and an access point, each made by another process while the worker runs, used at once."""
    with RadiusProcess(installation):
        assert gateway.ask(installation.auth_port, login("nobody", "x")).code == Code.ACCESS_REJECT
        (voucher,) = installation.command("voucher", "create", "--plan", "od-2018", "--count", "1")
        accepted = gateway.ask(installation.auth_port, login(voucher["code"], voucher["code"]))
        assert accepted.code == Code.ACCESS_ACCEPT
        words = "--hotspot belzyce-urzad --address 127.0.3.1 --make linux --gateway wispr"
        secret = "sixteen or more random characters!"
        installation.command("ap", "add", "new-one", *words.split(), "--secret", secret)
        shown = radclient(
            installation.auth_port,
            "auth",
            'User-Name = "nobody"\nUser-Password = "x"',
            secret=secret.encode(),
            source="127.0.3.1",
        )
        assert "Received Access-Reject" in shown, shown


def test_a_port_that_is_taken_is_named(installation: Installation) -> None:
    with RadiusProcess(installation):
        second = installation.run("radius")
    assert second.returncode == 2
    assert f"UDP port {installation.auth_port} on 127.0.0.1 is taken by hotspots" in second.stderr


def test_a_database_that_was_not_made_ready_is_named(installation: Installation) -> None:
    installation.environment["HOTSPOTS_DATABASE_URL"] = f"sqlite:///{installation.folder / 'empty.db'}"
    run = installation.run("radius")
    assert run.returncode == 1
    assert "hotspots database upgrade" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_answered_survives_a_kill_under_load(house: House, installation: Installation, seed: int) -> None:
    answered: dict[str, int] = {}
    stop = threading.Event()

    def report_on_and_on(which: int) -> None:
        with Gateway() as gateway:
            for octets in range(1, 100_000):
                if stop.is_set():
                    return
                name = f"{which}-{octets % 50}"
                interim = report(INTERIM, name, (42, number(octets)), identifier=octets % 256)
                gateway.send(installation.acct_port, interim)
                answer = gateway.hear(0.5)
                if answer is not None and answer[1] == octets % 256:
                    answered[name] = octets

    gateways = [threading.Thread(target=report_on_and_on, args=(which,)) for which in range(8)]
    with RadiusProcess(installation) as radius:
        for each in gateways:
            each.start()
        eventually(lambda: len(answered) > 50)
        time.sleep(random.Random(seed).uniform(0.1, 0.6))
        radius.kill()
        stop.set()
        for each in gateways:
            each.join()
    found = written(house)
    assert len(answered) > 50
    assert {name: octets for name, octets in answered.items() if found.get(name, 0) < octets} == {}
    with RadiusProcess(installation), Gateway() as gateway:
        assert gateway.ask(installation.acct_port, report(START, "after")).code == Code.ACCOUNTING_RESPONSE


def test_two_workers_share_the_ports_and_what_they_know(house: House, tmp_path: Path) -> None:
    installation = Installation(house, tmp_path, workers=2)
    ticket = house.ticket()
    addresses = (ADDRESS, "127.0.1.2")
    assert worker_of(addresses[0], 2) != worker_of(addresses[1], 2)
    house.add_access_point("another", addresses[1])
    gateways = [Gateway(addresses[each % 2]) for each in range(40)]
    with RadiusProcess(installation, "--debug") as one, RadiusProcess(installation, "--debug") as two:
        accepted = gateways[0].ask(installation.auth_port, login(ticket.user_name, ticket.password))
        assert accepted.code == Code.ACCESS_ACCEPT
        time.sleep(1)
        for each, gateway in enumerate(gateways):
            replayed = gateways[0].ask(
                installation.auth_port, login(ticket.user_name, ticket.password, identifier=each)
            )
            assert (18, b"ticket_used") in replayed.attributes
            gateway.ask(installation.acct_port, report(START, f"s{each}", (42, number(each))))
            gateway.ask(installation.acct_port, report(INTERIM, f"s{each}", (42, number(each + 1)), identifier=2))
        for radius in (one, two):
            assert "Accounting-Request" in radius.log.read_text(), "each access point has its worker"
            assert radius.stop() == 0
    for gateway in gateways:
        gateway.close()
    assert written(house) == {f"s{each}": each + 1 for each in range(40)}
