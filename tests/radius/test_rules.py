"""Rules of a RADIUS server that no other test has, as a gateway sees them; `docs/peers.md` lists the tests of all."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session
from hotspots.sessions import disconnects
from hotspots.sessions.accounting import NAS_REBOOT
from radius.coa_client import CoaClient
from radius.numbers import Attribute, Code, ErrorCause
from radius.shared_secret import SharedSecret
from radius.wire import Packet, attribute
from tests.radius.fake_nas import FakeNas, naks, says_nothing
from tests.radius.gateway import Gateway, accounting_request, login, number, report, status_server
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

ROOT = Path(__file__).parents[2]
START, INTERIM, ON, OFF = 1, 3, 7, 8


def sessions(house: House) -> list[Session]:
    with house.database.read() as db:
        return list(db.scalars(select(Session).order_by(Session.id)))


def first_attribute(answer: Packet) -> int:
    return answer.attributes[0][0]


def test_every_answer_to_a_login_and_to_status_server_has_its_message_authenticator_first(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    worker.catch_up()
    answers = [
        gateway.ask(worker.auth_port, login(code, code)),
        gateway.ask(worker.auth_port, login(code, "guessed", identifier=2)),
        gateway.ask(worker.auth_port, status_server()),
        gateway.ask(worker.acct_port, status_server()),
    ]
    assert [answer.code for answer in answers] == [
        Code.ACCESS_ACCEPT,
        Code.ACCESS_REJECT,
        Code.ACCESS_ACCEPT,
        Code.ACCOUNTING_RESPONSE,
    ]
    assert {first_attribute(answer) for answer in answers} == {Attribute.MESSAGE_AUTHENTICATOR}


@pytest.mark.parametrize(
    "named",
    [((1, b"another"),), ((87, b"wlan1"),), ((5, number(2)),)],
    ids=["User-Name", "NAS-Port-Id", "NAS-Port"],
)
def test_a_session_id_alone_names_no_session(
    house: House, worker: Worker, gateway: Gateway, named: tuple[tuple[int, bytes], ...]
) -> None:
    gateway.ask(worker.acct_port, report(START, "s1"))
    gateway.ask(worker.acct_port, report(START, "s1", *named))
    gateway.ask(worker.acct_port, report(INTERIM, "s1", *named, (42, number(5))))
    assert [session.octets_up for session in sessions(house)] == [0, 5]


@pytest.mark.parametrize("status", [ON, OFF])
def test_what_began_after_a_gateway_was_switched_on_or_off_goes_on(
    house: House, worker: Worker, gateway: Gateway, status: int
) -> None:
    """The report of it was delayed, and says so."""
    gateway.ask(worker.acct_port, report(INTERIM, "before", (46, number(3600))))
    gateway.ask(worker.acct_port, report(START, "after"))
    gateway.ask(worker.acct_port, accounting_request((40, number(status)), (41, number(60))))
    assert {session.acct_session_id: session.terminate_cause for session in sessions(house)} == {
        "before": NAS_REBOOT,
        "after": None,
    }


@pytest.mark.parametrize("cause", list(ErrorCause), ids=lambda cause: cause.name)
def test_each_error_cause_is_read(cause: ErrorCause) -> None:
    async def ask(port: int) -> tuple[Code | None, int | None]:
        client = CoaClient()
        try:
            names = [attribute(Attribute.USER_NAME, "somebody"), attribute(Attribute.ACCT_SESSION_ID, "s1")]
            answer = await client.ask(ADDRESS, port, SharedSecret(SECRET), Code.DISCONNECT_REQUEST, names)
        finally:
            client.close()
        return answer.code, answer.error_cause

    with FakeNas(naks(cause)) as nas:
        assert asyncio.run(ask(nas.port)) == (Code.DISCONNECT_NAK, int(cause))


def test_a_session_is_open_until_the_gateway_has_answered(house: House, worker: Worker, gateway: Gateway) -> None:
    with FakeNas(says_nothing) as nas:
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        gateway.ask(worker.acct_port, report(START, "s1", (1, b"somebody")))
        with house.database.write() as db:
            session = db.scalars(select(Session)).one()
            assert disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC)) is not None
        eventually(lambda: nas.heard)
        assert sessions(house)[0].stopped_at is None


def test_the_list_of_rules_names_tests_that_are_there() -> None:
    """A rule whose test was renamed or lost has none."""
    listed = re.findall(
        r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
    )
    assert len(listed) > 20
    for path, name in listed:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in text if name else text, f"{path}::{name}"
