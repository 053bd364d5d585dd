"""Disconnect and CoA received by FreeRADIUS, which checks them as a NAS does (``listen { type = coa }``)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session, SessionCommand
from hotspots.policy import Limits
from hotspots.sessions import disconnects
from hotspots.sessions.accounting import LOST
from radius.coa_client import Answer, CoaClient
from radius.numbers import Attribute, Code
from radius.replies import ENCODERS
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue, attribute
from tests.radius.gateway import Gateway, report
from tests.radius.peers import freeradius
from tests.radius.peers.program import Program
from tests.radius.process import free_udp_ports
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

OURS = "127.0.0.1"
LIMITS = Limits(600, 300, 512_000, 2_000_000, 5 * 2**32 + 7, plan="od-2018")

SERVER = """
server default {{
{listener}
	recv-coa {{
		if (&Acct-Session-Id != "s1") {{
			update reply {{
				&Error-Cause := Session-Context-Not-Found
			}}
			reject
		}}
		ok
	}}
	send-coa {{
		ok
	}}
}}
"""


@contextmanager
def a_nas(folder: Path, secret: bytes = SECRET) -> Iterator[tuple[Program, int]]:
    (port,) = free_udp_ports(1)
    with freeradius.running(
        folder / "raddb",
        clients=freeradius.client(OURS, secret),
        servers=SERVER.format(listener=freeradius.listener("coa", port, ADDRESS)),
    ) as nas:
        yield nas, port


@pytest.fixture
def nas(tmp_path: Path) -> Iterator[tuple[Program, int]]:
    with a_nas(tmp_path) as nas:
        yield nas


def disconnected(house: House, worker: Worker, port: int, session: str) -> SessionCommand:
    """What came of a Disconnect that staff asked for."""
    house.set_access_point(coa_port=port)
    worker.catch_up()
    with Gateway() as gateway:
        gateway.ask(worker.acct_port, report(1, session, (1, b"somebody")))
    with house.database.write() as db:
        assert disconnects.ask(db, db.scalars(select(Session)).one(), asked_by="a clerk", now=datetime.now(UTC))

    def settled() -> SessionCommand | None:
        with house.database.read() as db:
            command = db.scalars(select(SessionCommand)).one()
            return command if command.state != "asked" and command.session is not None else None

    return eventually(settled)


def change(port: int, values: list[AttributeValue], *, sign: bool = True) -> Answer:
    async def ask() -> Answer:
        client = CoaClient()
        try:
            secret = SharedSecret(SECRET)
            return await client.ask(ADDRESS, port, secret, Code.COA_REQUEST, values, sign=sign)
        finally:
            client.close()

    return asyncio.run(ask())


def test_a_disconnect_is_understood_and_acknowledged(
    house: House, worker: Worker, nas: tuple[Program, int]
) -> None:
    server, port = nas
    done = disconnected(house, worker, port, "s1")
    assert (done.state, done.attempts, done.error_cause) == ("acked", 1, None)
    assert done.round_trip_ms is not None
    for line in ('User-Name = "somebody"', 'Acct-Session-Id = "s1"', "Message-Authenticator = 0x"):
        assert line in server.wait_for("Sent Disconnect-ACK")


def test_a_disconnect_for_a_session_that_it_does_not_know_is_refused_with_the_cause(
    house: House, worker: Worker, nas: tuple[Program, int]
) -> None:
    done = disconnected(house, worker, nas[1], "another")
    assert (done.state, done.error_cause, done.session.terminate_cause) == ("nacked", 503, LOST)


def test_another_secret_is_met_with_silence(house: House, worker: Worker, tmp_path: Path) -> None:
    with a_nas(tmp_path, b"another secret") as (server, port):
        done = disconnected(house, worker, port, "s1")
        assert (done.state, done.attempts) == ("timed_out", 3)
        assert "invalid Message-Authenticator" in server.log


@pytest.mark.parametrize("gateway", sorted(ENCODERS))
def test_a_change_of_limits_is_understood_in_the_words_of_each_make(nas: tuple[Program, int], gateway: str) -> None:
    server, port = nas
    names = [attribute(Attribute.USER_NAME, "somebody"), attribute(Attribute.ACCT_SESSION_ID, "s1")]
    answer = change(port, names + ENCODERS[gateway](LIMITS), sign=gateway != "uspot")
    assert answer.code is Code.COA_ACK
    log = server.wait_for("Sent CoA-ACK")
    for line in ("Received CoA-Request", "Session-Timeout = 600", "Idle-Timeout = 300"):
        assert line in log
    assert ("Message-Authenticator = 0x" in log) is (gateway != "uspot")
    rates = {
        "coovachilli": ("ChilliSpot-Bandwidth-Max-Up = 512", "ChilliSpot-Bandwidth-Max-Down = 2000"),
        "mikrotik": ('Mikrotik-Rate-Limit = "512k/2M"', 'Mikrotik-Address-List = "plan-od-2018"'),
        "cisco": (
            "Airespace-Data-Bandwidth-Average-Contract-Upstream = 512",
            "Airespace-Data-Bandwidth-Average-Contract = 2000",
        ),
    }.get(gateway, ("WISPr-Bandwidth-Max-Up = 512000", "WISPr-Bandwidth-Max-Down = 2000000"))
    for line in rates:
        assert line in log


def test_a_change_for_a_session_that_it_does_not_know_is_refused_with_the_cause(
    nas: tuple[Program, int],
) -> None:
    answer = change(nas[1], [attribute(Attribute.ACCT_SESSION_ID, "another")])
    assert (answer.code, answer.error_cause) == (Code.COA_NAK, 503)
