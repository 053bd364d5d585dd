"""An identifier that is used again from the same port: the older request gets no answer any more, and loses nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from hotspots.models import LoginDecision, Session, UsedTicket
from radius.numbers import Code
from radius.shared_secret import SharedSecret
from radius.wire import parse
from tests.radius.gateway import Gateway, access_request, login, number, report, status_server
from tests.radius.running import SECRET, House, Worker, eventually
from tests.radius.test_account_logins import NAME, PASSWORD, add_account
from tests.radius.test_accounting_server import writing_elsewhere

START, INTERIM = 1, 3
LONGER_THAN_ANY_TEST_SECONDS = 600.0


@pytest.fixture
def house(sqlite_house: House) -> House:
    """On SQLite alone: what is answered is not the database's to say."""
    return sqlite_house


@contextmanager
def reading_nothing(worker: Worker) -> Iterator[None]:
    """What is sent meanwhile is read in one go afterwards."""
    stands, go_on = threading.Event(), threading.Event()

    def stand() -> None:
        stands.set()
        go_on.wait()

    worker._loop.call_soon_threadsafe(stand)
    assert stands.wait(60)
    try:
        yield
    finally:
        go_on.set()


def superseded(worker: Worker, kind: str) -> float:
    return worker.counted("radius_drops_total", kind=kind, reason="superseded")


def is_answer_to(answer: bytes | None, request: bytes) -> bool:
    assert answer is not None, "no answer"
    return SharedSecret(SECRET).verify_reply(parse(answer), request[0], request[4:20])


def test_a_reject_that_waits_is_not_said_when_the_identifier_was_used_again(house: House, gateway: Gateway) -> None:
    house.set_access_point(timeout_ms=60_000_000)
    worker = Worker(house, reject_delay_seconds=LONGER_THAN_ANY_TEST_SECONDS)
    try:
        code = house.voucher()
        worker.catch_up()
        before = superseded(worker, "auth")
        guess = access_request((1, b"nobody"), (3, bytes(17)), (60, bytes(16)), identifier=7)
        gateway.send(worker.auth_port, guess)
        eventually(lambda: len(worker._server.auth._delays) == 1)
        newer = login(code, code, identifier=7)
        accepted = gateway.ask(worker.auth_port, newer)
        assert accepted.code == Code.ACCESS_ACCEPT
    finally:
        worker.stop()  # it says what it still has to say, and counts it
    assert gateway.hear(0.2) is None
    labels = {"kind": "auth", "reason": "superseded"}
    assert REGISTRY.get_sample_value("hotspots_radius_drops_total", labels) == before + 1


def test_a_login_that_waits_for_its_hash_is_let_be(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    code = house.voucher()
    worker.catch_up()
    before = superseded(worker, "auth")
    checks = worker._server._checks
    assert gateway.ask(worker.auth_port, login(NAME, "a guess", identifier=6), 300).code == Code.ACCESS_REJECT
    (hasher,) = checks._hashers
    os.kill(hasher.pid, signal.SIGSTOP)
    try:
        gateway.send(worker.auth_port, login(NAME, PASSWORD, identifier=7))
        eventually(lambda: checks.waiting == 1)
        assert gateway.ask(worker.auth_port, login(code, code, identifier=7)).code == Code.ACCESS_ACCEPT
    finally:
        os.kill(hasher.pid, signal.SIGCONT)
    eventually(lambda: superseded(worker, "auth") == before + 1, 300)
    assert gateway.hear(0.2) is None
    reasons = [decision.reason for decision in decisions(house, 2)]
    assert reasons == ["wrong_password", None], "nobody waited for the third"


def decisions(house: House, count: int) -> list[LoginDecision]:
    """Those that are written, when there are so many."""

    def written() -> list[LoginDecision] | None:
        with house.database.read() as db:
            found = list(db.scalars(select(LoginDecision).order_by(LoginDecision.id)))
        return found if len(found) >= count else None

    return eventually(written) or []


def test_its_ticket_stays_used(house: House, worker: Worker, gateway: Gateway) -> None:
    ticket, code = house.ticket(), house.voucher()
    worker.catch_up()
    older, newer = login(ticket.user_name, ticket.password, identifier=7), login(code, code, identifier=7)
    with reading_nothing(worker):
        gateway.send(worker.auth_port, older)
        gateway.send(worker.auth_port, newer)
    assert is_answer_to(gateway.hear(), newer)
    # Answers go out in the order of requests: that of the older one would have come before this.
    again = gateway.ask(worker.auth_port, login(ticket.user_name, ticket.password, identifier=8))
    assert (again.identifier, again.code) == (8, Code.ACCESS_REJECT)

    def used() -> int:
        with house.database.read() as db:
            return len(db.scalars(select(UsedTicket)).all())

    assert eventually(used) == 1


def test_a_report_is_stored_and_only_its_answer_is_dropped(house: House, worker: Worker, gateway: Gateway) -> None:
    before = superseded(worker, "acct")
    older = report(START, "s1", identifier=7)
    newer = report(INTERIM, "s1", (42, number(5)), identifier=7)
    with Gateway() as port:
        with writing_elsewhere(house):
            gateway.send(worker.acct_port, older)
            gateway.send(worker.acct_port, newer)
            port.send(worker.acct_port, report(START, "s2", identifier=7))
            for each in (gateway, port):  # answered when what was sent before has been read
                assert each.ask(worker.acct_port, status_server()).code == Code.ACCOUNTING_RESPONSE
        assert is_answer_to(gateway.hear(), newer)
        assert port.hear() is not None, "another port is another gateway"
    assert gateway.hear(0.2) is None
    assert superseded(worker, "acct") == before + 1
    with house.database.read() as db:
        stored = {each.acct_session_id: each for each in db.scalars(select(Session))}
    assert stored.keys() == {"s1", "s2"}
    assert stored["s1"].octets_up == 5
    begun = gateway.ask(worker.acct_port, report(INTERIM, "s1", (42, number(6)), identifier=7))
    assert begun.code == Code.ACCOUNTING_RESPONSE, "the slot is free again"


@pytest.mark.parametrize(
    ("older_signed", "newer_signed", "answered"),
    [(True, False, ["older", "newer"]), (False, True, ["older", "newer"]), (False, False, ["newer"])],
)
def test_a_login_that_anybody_may_have_sent_cancels_no_answer_to_a_signed_one(
    house: House, gateway: Gateway, older_signed: bool, newer_signed: bool, answered: list[str]
) -> None:
    house.set_access_point(message_authenticator="optional")
    code = house.voucher()
    worker = Worker(house)
    try:
        requests = {
            "older": login(code, code, identifier=7, signed=older_signed),
            "newer": login(code, code, identifier=7, signed=newer_signed),
        }
        before = superseded(worker, "auth")
        with reading_nothing(worker):
            for request in requests.values():
                gateway.send(worker.auth_port, request)
        # Answers go out in the order of requests.
        assert [which for which in answered if is_answer_to(gateway.hear(), requests[which])] == answered
        assert superseded(worker, "auth") == before + 2 - len(answered)
    finally:
        worker.stop()


def test_an_answered_one_keeps_its_bytes_beside_a_newer(house: House, worker: Worker, gateway: Gateway) -> None:
    code = house.voucher()
    worker.catch_up()
    requests = [login(code, code, identifier=7) for _ in range(3)]
    answers = [gateway.ask(worker.auth_port, request).raw for request in requests]
    assert all(is_answer_to(answer, request) for answer, request in zip(answers, requests, strict=True))
    assert [gateway.ask(worker.auth_port, request).raw for request in requests] == answers
