"""Accounts with a password against a running worker, which hashes beside what must not wait."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select

from hotspots.models import Authority, LoginDecision, ServicePlan
from hotspots.residents import accounts
from radius import attributes
from radius.numbers import Attribute, Code
from radius.wire import Packet, parse
from tests.radius.gateway import Gateway, access_request, login, radclient, report
from tests.radius.running import House, Worker, eventually

NAME = "anna@example.org"
PASSWORD = "correct horse"  # of one block: what tests.radius.gateway hides
LONG = "a password of more than sixteen octets, żółty"
PATIENCE = 300.0
"""Seconds: what hashes stands back for whatever else the machine does."""


def add_account(house: House, name: str = NAME, password: str = PASSWORD, hashed: str | None = None) -> None:
    now = datetime.now(UTC)
    password_hash = hashed or accounts.hashed(name, SecretStr(password))
    with house.database.write() as db:
        plan, authority = db.get_one(ServicePlan, 1), db.get_one(Authority, 1)
        expires_at = now + timedelta(days=30)
        given = {"plan": plan, "authority": authority, "expires_at": expires_at, "added_by": "a test", "now": now}
        accounts.add(db, name=name, password_hash=password_hash, **given)


def change(house: House, what: str, **more: str) -> None:
    """What `hotspots account` does, from a process of its own as far as the worker can tell."""
    by = {"block": "blocked_by", "unblock": "unblocked_by", "delete": "deleted_by", "set_password": "set_by"}
    with house.database.write() as db:
        account = accounts.find(db, NAME)
        getattr(accounts, what)(db, account, **more, **{by[what]: "a test"}, now=datetime.now(UTC))


def said(packet: Packet) -> str | None:
    return attributes.text(packet, Attribute.REPLY_MESSAGE)


def ask(worker: Worker, gateway: Gateway, name: str = NAME, password: str = PASSWORD) -> str | None:
    """None where the worker lets in, the reason otherwise."""
    answer = gateway.ask(worker.auth_port, login(name, password), PATIENCE)
    assert (answer.code == Code.ACCESS_ACCEPT) == (said(answer) is None)
    return said(answer)


def hashes(worker: Worker) -> float:
    return sum(worker.counted("radius_password_checks_total", result=result) for result in ("right", "wrong"))


def test_radclient_gets_in_with_the_limits_of_the_plan_however_the_name_is_typed(
    house: House, worker: Worker
) -> None:
    house.set_plan(session_seconds=3600)
    add_account(house, password=LONG)
    worker.catch_up()
    for name in (NAME, "Anna@Example.ORG"):
        lines = f'User-Name = "{name}"\nUser-Password = "{LONG}"'
        shown = radclient(worker.auth_port, "auth", lines, within_seconds=60)
        assert "Received Access-Accept" in shown, shown
        assert "Session-Timeout = 3600" in shown
    lines = f'User-Name = "{NAME}"\nUser-Password = "{LONG[:-1]}"'
    wrong = radclient(worker.auth_port, "auth", lines, within_seconds=60)
    assert "Received Access-Reject" in wrong, wrong
    assert 'Reply-Message = "wrong_password"' in wrong


def test_chap_is_refused_with_the_reason_whoever_asks(house: House, worker: Worker) -> None:
    add_account(house)
    worker.catch_up()
    for name in (NAME, "nobody@example.org"):
        shown = radclient(worker.auth_port, "auth", f'User-Name = "{name}"\nCHAP-Password = "{PASSWORD}"')
        assert 'Reply-Message = "chap_needs_cleartext_password"' in shown, shown


def test_a_password_is_hashed_once_and_remembered(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    worker.catch_up()
    before = hashes(worker)
    assert [ask(worker, gateway) for _ in range(5)] == [None] * 5
    assert hashes(worker) == before + 1
    assert ask(worker, gateway, password="correct hors") == "wrong_password"
    assert hashes(worker) == before + 2


def test_an_account_that_was_added_a_moment_ago_gets_in(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    assert ask(worker, gateway) is None
    add_account(house, "jan", "another phrase")
    assert ask(worker, gateway, "jan", "another phrase") is None


def test_a_new_password_counts_at_once_and_the_old_one_no_more(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    add_account(house)
    assert ask(worker, gateway) is None
    change(house, "set_password", password_hash=accounts.hashed(NAME, SecretStr("another phrase")))
    # Nobody has told the worker: it looks before it refuses.
    assert ask(worker, gateway, password="another phrase") is None
    worker.catch_up()
    assert ask(worker, gateway) == "wrong_password"


def test_a_block_and_a_deletion_end_what_is_remembered(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    assert ask(worker, gateway) is None
    change(house, "block")
    worker.catch_up()
    assert ask(worker, gateway) == "account_blocked"
    assert ask(worker, gateway, password="guessed it") == "wrong_password", "only its owner learns of a block"
    change(house, "unblock")
    worker.catch_up()
    assert ask(worker, gateway) is None
    change(house, "delete")
    worker.catch_up()
    assert ask(worker, gateway) == "unknown_user", "there are no accounts at all any more"


def test_without_being_told_the_worker_notices_within_a_second_or_so(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    add_account(house)
    assert ask(worker, gateway) is None
    change(house, "block")
    assert eventually(lambda: ask(worker, gateway)) == "account_blocked"


def test_who_has_an_account_is_not_told_to_strangers(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    worker.catch_up()
    before = hashes(worker)
    for name in (NAME, "nobody@example.org", "żółć"):
        assert ask(worker, gateway, name, "guessed") == "wrong_password"
    assert hashes(worker) == before + 3, "each costs as much as the others"
    code = "ABCDEFGHJKMN"
    assert ask(worker, gateway, code, code) == "unknown_user"
    assert hashes(worker) == before + 3, "a voucher that nobody has cannot be an account"


def odd_names() -> list[bytes]:
    """Names of every length, in every kind of octets; the seed makes them the same each time."""
    chosen = random.Random(3)
    pieces = [
        b"\xff",
        b"\0",
        b" ",
        b"@",
        b"-",
        "ą".encode(),
        "\u202e".encode(),
        "\ufdfa".encode(),
        b"anna",
        b"%00' OR",
    ]
    return [
        *(b"a" * 253, b"t1" + b"a" * 44, f"{NAME}\0".encode(), f"{NAME}\u0301".encode(), "\ufdfa".encode() * 80),
        *(b"".join(chosen.choices(pieces, k=chosen.randint(1, 60)))[:253] for _ in range(60)),
    ]


def test_any_name_is_refused_and_nothing_breaks(house: House, worker: Worker, gateway: Gateway) -> None:
    add_account(house)
    worker.catch_up()
    errors = worker.counted("radius_drops_total", kind="auth", reason="error")
    names = odd_names()
    for number, name in enumerate(names):
        gateway.send(worker.auth_port, access_request((1, name), (2, bytes(16)), identifier=number))
    answers = answered(gateway, PATIENCE, len(names))
    assert {answer.identifier for answer in answers} == set(range(len(names)))
    assert {answer.code for answer in answers} == {Code.ACCESS_REJECT}
    assert {said(answer) for answer in answers} <= {"wrong_password", "unknown_user", "ticket_forged"}
    assert worker.counted("radius_drops_total", kind="auth", reason="error") == errors
    assert ask(worker, gateway) is None


def test_a_request_that_comes_again_while_it_is_hashed_is_swallowed(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    add_account(house)
    worker.catch_up()
    before = worker.counted("radius_duplicates_total", kind="auth")
    request = login(NAME, PASSWORD)
    for _ in range(4):
        gateway.send(worker.auth_port, request)
    answers = {gateway.hear(PATIENCE)}
    eventually(lambda: worker.counted("radius_duplicates_total", kind="auth") == before + 3)
    while (answer := gateway.hear(0.5)) is not None:
        answers.add(answer)
    assert len(answers) == 1

    def decisions() -> int:
        with house.database.read() as db:
            return len(db.scalars(select(LoginDecision)).all())

    assert eventually(decisions) == 1


def test_guessing_is_slowed_down_for_strangers_and_not_for_the_owner(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    add_account(house)
    session_class = attributes.octets(
        gateway.ask(worker.auth_port, login(NAME, PASSWORD), PATIENCE), Attribute.CLASS
    )
    assert session_class is not None
    gateway.ask(worker.acct_port, report(1, "s1", (25, session_class)))
    stranger = "02:66:66:66:66:66"
    # Its memory of the password is gone, as after a restart.
    change(house, "set_password", password_hash=accounts.hashed(NAME, SecretStr("another phrase")))
    worker.catch_up()
    answers = [
        said(gateway.ask(worker.auth_port, login(NAME, f"guess {number}", stranger), PATIENCE))
        for number in range(7)
    ]
    assert answers[:5] == ["wrong_password"] * 5
    assert (answers[6] or "").startswith("too_many_tries; try again at ")
    assert ask(worker, gateway, password="another phrase") is None, "from the phone that was online before"


def test_two_hundred_slow_passwords_do_not_hold_up_tickets_and_accounting(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    """Counts what is answered in which order, not seconds: it must hold wherever it runs."""
    add_account(house)
    hashed = accounts.hashed("somebody", SecretStr(PASSWORD))
    for number in range(200):
        add_account(house, f"resident-{number}", hashed=hashed)
    code = house.voucher()
    worker.catch_up()
    slow, quick = Gateway(), gateway
    with slow:
        for number in range(200):
            slow.send(worker.auth_port, login(f"resident-{number}", PASSWORD, identifier=number))
        done_before = answered(slow, for_seconds=0.0)
        for number in range(50):
            ticket = house.ticket(f"02:00:00:00:01:{number:02x}")
            device = f"02:00:00:00:01:{number:02x}"
            first = quick.ask(worker.auth_port, login(ticket.user_name, ticket.password, device), PATIENCE)
            assert first.code == Code.ACCESS_ACCEPT
            assert quick.ask(worker.auth_port, login(code, code), PATIENCE).code == Code.ACCESS_ACCEPT
            assert quick.ask(worker.acct_port, report(1, f"s{number}"), PATIENCE).code == Code.ACCOUNTING_RESPONSE
        meanwhile = answered(slow, for_seconds=0.0)
        assert len(done_before) + len(meanwhile) < 200, "150 quick ones were answered before 200 slow ones"
        rest = answered(slow, for_seconds=PATIENCE, wanted=200 - len(done_before) - len(meanwhile))
    packets = [*done_before, *meanwhile, *rest]
    assert len(packets) == 200
    assert {packet.code for packet in packets} == {Code.ACCESS_ACCEPT}
    assert len({packet.identifier for packet in packets}) == 200


def answered(gateway: Gateway, for_seconds: float, wanted: int = 1_000) -> list[Packet]:
    """What has been answered so far, or what is until so many are there."""
    deadline, packets = time.monotonic() + for_seconds, []
    while len(packets) < wanted:
        answer = gateway.hear(max(0.001, deadline - time.monotonic()))
        if answer is None:
            break
        packets.append(parse(answer))
    return packets
