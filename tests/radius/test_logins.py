"""Logins against a running worker: FreeRADIUS' client asks, the worker decides from memory."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotspots.models import LoginDecision
from radius import attributes
from radius.numbers import Attribute, Code
from radius.shared_secret import SharedSecret
from tests.radius.gateway import Gateway, access_request, login, radclient, report
from tests.radius.running import PHONE, SECRET, House, Worker, eventually


def said(packet) -> str | None:
    return attributes.text(packet, Attribute.REPLY_MESSAGE)


def test_a_voucher_gets_in_by_pap_with_the_limits_in_the_words_of_its_gateway(house: House, worker: Worker) -> None:
    house.set_plan(session_seconds=3600, rate_down_bps=10_000_000, rate_up_bps=5_000_000, idle_seconds=1200)
    worker.catch_up()
    code = house.voucher()
    shown = radclient(worker.auth_port, "auth", f'User-Name = "{code}"\nUser-Password = "{code}"')
    assert "Received Access-Accept" in shown, shown
    for line in (
        "Session-Timeout = 3600",
        "Idle-Timeout = 1200",
        "Acct-Interim-Interval = 300",
        "ChilliSpot-Bandwidth-Max-Up = 5000",
        "ChilliSpot-Bandwidth-Max-Down = 10000",
        "Class = 0x",
    ):
        assert line in shown


def test_a_voucher_gets_in_by_chap(house: House, worker: Worker) -> None:
    code = house.voucher()
    good = radclient(worker.auth_port, "auth", f'User-Name = "{code}"\nCHAP-Password = "{code}"')
    bad = radclient(worker.auth_port, "auth", f'User-Name = "{code}"\nCHAP-Password = "guessed"')
    assert "Received Access-Accept" in good, good
    assert "Received Access-Reject" in bad, bad
    assert 'Reply-Message = "wrong_password"' in bad


def test_a_ticket_gets_in_once_and_then_the_device_without_it(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_plan(remember_seconds=3600)
    worker.catch_up()
    ticket = house.ticket()
    first = gateway.ask(worker.auth_port, login(ticket.user_name, ticket.password))
    replayed = gateway.ask(worker.auth_port, login(ticket.user_name, ticket.password))
    silently = gateway.ask(worker.auth_port, access_request((1, PHONE.encode()), (31, PHONE.encode())))
    assert (first.code, replayed.code, silently.code) == (
        Code.ACCESS_ACCEPT,
        Code.ACCESS_REJECT,
        Code.ACCESS_ACCEPT,
    )
    assert said(replayed) == "ticket_used"


def test_a_request_that_comes_again_gets_the_same_bytes_and_is_decided_once(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    ticket = house.ticket()
    request = login(ticket.user_name, ticket.password)
    before = worker.counted("radius_duplicates_total", kind="auth")
    answers = [gateway.ask(worker.auth_port, request).raw for _ in range(3)]
    assert answers[0][0] == Code.ACCESS_ACCEPT
    assert len(set(answers)) == 1
    eventually(lambda: worker.counted("radius_duplicates_total", kind="auth") == before + 2)


def test_a_voucher_code_alone_is_enough_but_no_credential_at_all_is_not(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    empty = gateway.ask(worker.auth_port, login(code, ""))
    missing = gateway.ask(worker.auth_port, access_request((1, code.encode()), (31, PHONE.encode())))
    assert empty.code == Code.ACCESS_ACCEPT
    assert (missing.code, said(missing)) == (Code.ACCESS_REJECT, "wrong_password")


def test_who_must_wait_is_told_until_when(house: House, worker: Worker, gateway: Gateway) -> None:
    house.set_plan(session_seconds=60, pause_seconds=900)
    worker.catch_up()
    code = house.voucher()
    accepted = gateway.ask(worker.auth_port, login(code, code))
    session_class = attributes.octets(accepted, Attribute.CLASS)
    assert session_class is not None
    more = ((25, session_class), (46, (60).to_bytes(4, "big")))
    gateway.ask(worker.acct_port, report(2, "s1", *more))
    reason, _, when = (said(gateway.ask(worker.auth_port, login(code, code))) or "").partition("; try again at ")
    assert reason == "pause_not_over"
    assert datetime.fromisoformat(when).utcoffset() is not None


def test_names_that_cannot_be_read_are_nobodys(worker: Worker, gateway: Gateway) -> None:
    for name in ((), ((1, b"\xff\xfe"),), ((1, b"a\0b"),)):
        answer = gateway.ask(worker.auth_port, access_request(*name, (31, PHONE.encode())))
        assert (answer.code, said(answer)) == (Code.ACCESS_REJECT, "unknown_user")


def test_the_answer_is_signed_first_and_carries_what_proxies_added(worker: Worker, gateway: Gateway) -> None:
    request = access_request((1, b"nobody"), (33, b"one"), (33, b"two"))
    answer = gateway.ask(worker.auth_port, request)
    assert answer.attributes[0][0] == Attribute.MESSAGE_AUTHENTICATOR
    assert attributes.all_octets(answer, Attribute.PROXY_STATE) == [b"one", b"two"]
    assert SharedSecret(SECRET).verify_reply(answer, Code.ACCESS_REQUEST, request[4:20])


def test_the_server_says_on_both_ports_that_it_is_alive(worker: Worker) -> None:
    assert "Received Access-Accept" in radclient(worker.auth_port, "status", "")
    assert "Received Accounting-Response" in radclient(worker.acct_port, "status", "")


def test_each_login_is_counted_and_written_down_without_its_name(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    labels = {"method": "voucher", "reason": "", "outcome": "accepted", "authority": "belzyce"}
    before = worker.counted("logins_total", **labels)
    gateway.ask(worker.auth_port, login(code, code))
    eventually(lambda: worker.counted("logins_total", **labels) == before + 1)

    def decisions() -> list[LoginDecision]:
        with house.database.read() as db:
            return list(db.scalars(select(LoginDecision)))

    (decision,) = eventually(decisions)
    assert (decision.method, decision.reason, decision.user_name) == ("voucher", None, None)
