"""Who calls: by subnet, by host name, from anywhere by the secret alone, with two secrets, and who must sign."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from hotspots.access_points import secret_change, sightings
from hotspots.models import AccessPoint, AccessPointState, Session, SessionCommand
from hotspots.sessions import disconnects
from hotspots.sessions.disconnect_orders import State
from radius.host_names import HostNames
from radius.numbers import Code
from tests.radius.fake_nas import FakeNas
from tests.radius.gateway import Gateway, access_request, login, report, status_server
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually
from tests.radius.test_silence import is_dropped

OTHER_SECRET = b"another secret"
NEW_SECRET = b"the new secret"
ELSEWHERE, FURTHER = "127.0.7.7", "127.0.8.8"
NAME = (32, b"belzyce-urzad-1")
START = 1


@pytest.fixture
def house(sqlite_house: House) -> House:
    """On SQLite alone: what is written down is tried on both in the tests of the command line."""
    return sqlite_house


def is_answered(worker: Worker, gateway: Gateway, datagram: bytes, within_seconds: float = 30.0) -> bool:
    gateway.send(worker.auth_port, datagram)
    return gateway.hear(within_seconds) is not None


def is_answered_soon(worker: Worker, gateway: Gateway, datagram: bytes) -> bool:
    """For those who are to hear nothing, or ask again and again."""
    return is_answered(worker, gateway, datagram, 0.3)


def state_of(house: House) -> AccessPointState | None:
    with house.database.read() as db:
        return db.scalars(select(AccessPointState).where(AccessPointState.access_point_id == 1)).one_or_none()


def start_change(house: House) -> None:
    with house.database.write() as db:
        new = SecretStr(NEW_SECRET.decode())
        secret_change.change(
            db, house.database.vault, "belzyce-urzad-1", new, at_once=False, actor="anna", now=datetime.now(UTC)
        )


def test_of_several_subnets_the_nearest_wins(house: House, worker: Worker) -> None:
    house.add_access_point("wide", "127.0.7.0/24", OTHER_SECRET)
    house.add_access_point("near", "127.0.7.4/30", b"near secret")
    worker.catch_up()
    with Gateway(ELSEWHERE) as near, Gateway("127.0.7.9") as wide:
        assert near.ask(worker.auth_port, login("a", "b", secret=b"near secret")).code == Code.ACCESS_REJECT
        is_dropped(worker, near, login("a", "b", secret=OTHER_SECRET), "bad_message_authenticator")
        assert wide.ask(worker.auth_port, login("a", "b", secret=OTHER_SECRET)).code == Code.ACCESS_REJECT


def test_one_without_an_address_is_known_by_its_name_and_the_proof_of_its_secret(
    house: House, worker: Worker
) -> None:
    house.set_access_point(address="dynamic")
    worker.catch_up()
    for address in (ELSEWHERE, FURTHER):
        with Gateway(address) as gateway:
            assert gateway.ask(worker.auth_port, access_request((1, b"a"), NAME)).code == Code.ACCESS_REJECT
            assert gateway.ask(worker.acct_port, report(START, "s1", NAME)).code == Code.ACCOUNTING_RESPONSE
            assert gateway.ask(worker.auth_port, status_server(NAME)).code == Code.ACCESS_ACCEPT
    with Gateway(ELSEWHERE) as gateway:
        wrong = access_request((1, b"a"), NAME, secret=OTHER_SECRET)
        is_dropped(worker, gateway, wrong, "bad_message_authenticator")
        is_dropped(worker, gateway, access_request((1, b"a"), NAME, signed=False), "missing_message_authenticator")
        wrong = report(START, "s1", NAME, secret=OTHER_SECRET)
        is_dropped(worker, gateway, wrong, "bad_accounting_authenticator", "acct")
        assert gateway.is_met_with_silence(worker.auth_port, access_request((1, b"a"))), "it says no name"
        assert gateway.is_met_with_silence(worker.auth_port, access_request((1, b"a"), (32, b"belzyce")))


def test_behind_the_address_of_another_it_is_told_by_its_secret(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.add_access_point("roaming", "dynamic", OTHER_SECRET)
    worker.catch_up()
    named = (32, b"roaming")
    assert gateway.ask(worker.auth_port, access_request((1, b"a"), named, secret=OTHER_SECRET)).code == 3
    # The one that has the address is answered, whatever it calls itself.
    assert gateway.ask(worker.auth_port, access_request((1, b"a"), named)).code == Code.ACCESS_REJECT


def test_its_disconnect_goes_to_where_it_last_called_from(house: House, worker: Worker) -> None:
    with FakeNas(address=ELSEWHERE) as nas, Gateway(ELSEWHERE) as gateway:
        house.set_access_point(address="dynamic", coa_port=nas.port)
        worker.catch_up()
        gateway.ask(worker.acct_port, report(START, "s1", NAME, (1, b"somebody")))
        with house.database.write() as db:
            session = db.scalars(select(Session)).one()
            disconnects.ask(db, session, asked_by="anna", now=datetime.now(UTC))

        def acked() -> bool:
            with house.database.read() as db:
                return db.scalars(select(SessionCommand.state)).one() == State.ACKED.value

        eventually(acked)
        assert len(nas.heard) == 1


def test_while_a_secret_is_changed_both_are_good_and_which_is_used_is_written_down(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    assert is_answered(worker, gateway, login("a", "b"))
    start_change(house)
    worker.catch_up()

    assert gateway.ask(worker.auth_port, login("a", "b")).code == Code.ACCESS_REJECT
    eventually(lambda: (state := state_of(house)) is not None and state.former_secret_used_at is not None)
    state = state_of(house)
    assert state is not None
    assert state.secret_used_at is None, "the device has the former one"

    assert gateway.ask(worker.auth_port, login("a", "b", secret=NEW_SECRET)).code == Code.ACCESS_REJECT
    assert gateway.ask(worker.acct_port, report(START, "s1", secret=NEW_SECRET)).code == 5
    eventually(lambda: (state := state_of(house)) is not None and state.secret_used_at is not None)

    with house.database.write() as db:
        assert secret_change.drop_former(db, "belzyce-urzad-1", actor="anna", now=datetime.now(UTC)) is not None
    worker.catch_up()
    is_dropped(worker, gateway, login("a", "b"), "bad_message_authenticator")
    assert is_answered(worker, gateway, login("a", "b", secret=NEW_SECRET))


def test_a_disconnect_is_signed_with_the_secret_that_was_used_last(house: House, worker: Worker) -> None:
    with FakeNas() as nas, Gateway() as gateway:
        house.set_access_point(coa_port=nas.port)
        start_change(house)
        worker.catch_up()
        gateway.ask(worker.acct_port, report(START, "s1", (1, b"somebody")))
        with house.database.write() as db:
            disconnects.ask(db, db.scalars(select(Session)).one(), asked_by="anna", now=datetime.now(UTC))
        eventually(lambda: len(nas.heard) == 1)  # heard: signed with the secret that the device has


def test_once_a_signature_was_seen_it_is_demanded_by_all_workers_and_after_a_restart(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_access_point(message_authenticator="learn")
    worker.catch_up()
    other = Worker(house)
    unsigned = {"signed": False}
    assert is_answered(worker, gateway, login("a", "b", **unsigned))
    # These have always carried one, and show nothing of the rest (RFC 3579 section 3.2, RFC 5997 section 3).
    gateway.ask(worker.auth_port, status_server())
    is_dropped(worker, gateway, access_request((1, b"a"), (79, b"\2\1\0\5\1")), "eap_unsupported")
    assert is_answered(worker, gateway, login("a", "b", **unsigned))

    assert is_answered(worker, gateway, login("a", "b"))

    is_dropped(worker, gateway, login("a", "b", **unsigned), "missing_message_authenticator")
    eventually(lambda: not is_answered_soon(other, gateway, login("a", "b", **unsigned)))
    other.stop()
    again = Worker(house)
    is_dropped(again, gateway, login("a", "b", **unsigned), "missing_message_authenticator")
    again.stop()


def test_what_was_learned_is_written_down_though_the_worker_ends_at_once(house: House, gateway: Gateway) -> None:
    house.set_access_point(message_authenticator="learn")
    worker = Worker(house)
    assert is_answered(worker, gateway, login("a", "b"))
    worker.stop()
    state = state_of(house)
    assert state is not None
    assert state.signed_at is not None


def test_what_was_learned_holds_while_it_cannot_be_written_down_and_until_the_policy_is_chosen_anew(
    house: House, worker: Worker, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.set_access_point(message_authenticator="learn")
    worker.catch_up()

    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(sightings, "write", refuse)
        assert is_answered(worker, gateway, login("a", "b"))
        house.add_access_point("second", ELSEWHERE, OTHER_SECRET)
        worker.catch_up()
        is_dropped(worker, gateway, login("a", "b", signed=False), "missing_message_authenticator")
    eventually(lambda: (state := state_of(house)) is not None and state.signed_at is not None)
    worker.catch_up()
    is_dropped(worker, gateway, login("a", "b", signed=False), "missing_message_authenticator")
    with house.database.write() as db:
        db.get_one(AccessPointState, 1).signed_at = None
    house.set_access_point(message_authenticator="learn", coa_port=3800)
    worker.catch_up()
    assert is_answered(worker, gateway, login("a", "b", signed=False))


def test_what_an_optional_one_signs_is_seen_and_not_demanded(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_access_point(message_authenticator="optional")
    worker.catch_up()
    assert is_answered(worker, gateway, login("a", "b"))
    eventually(lambda: (state := state_of(house)) is not None and state.signed_at is not None)
    worker.catch_up()
    assert is_answered(worker, gateway, login("a", "b", signed=False))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | OSError]:
    """A name server of the test: what it says of each name. Asked often."""
    answers: dict[str, str | OSError] = {}
    really: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: str, *more: Any, **options: Any) -> Any:
        answer = answers.get(host)
        if isinstance(answer, OSError):
            raise answer
        return really(answer or host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setitem(HostNames.__init__.__kwdefaults__, "every_seconds", 0.05)
    return answers


def test_one_with_a_host_name_is_known_where_the_name_leads_now(
    house: House, names: dict[str, str | OSError], worker: Worker
) -> None:
    names["gw.example.org"] = ELSEWHERE
    house.set_access_point(address="gw.example.org")
    with Gateway(ELSEWHERE) as first, Gateway(FURTHER) as then:
        eventually(lambda: is_answered_soon(worker, first, login("a", "b")))
        names["gw.example.org"] = FURTHER
        eventually(lambda: is_answered_soon(worker, then, login("a", "b")))
        assert not is_answered_soon(worker, first, login("a", "b"))


def test_without_an_answer_the_last_one_stays_across_a_restart_and_is_reported(
    house: House, names: dict[str, str | OSError], worker: Worker
) -> None:
    names["gw.example.org"] = ELSEWHERE
    house.set_access_point(address="gw.example.org")
    with Gateway(ELSEWHERE) as gateway:
        eventually(lambda: is_answered_soon(worker, gateway, login("a", "b")))
        eventually(lambda: (state := state_of(house)) is not None and state.resolved_addresses == ELSEWHERE)
        names["gw.example.org"] = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        eventually(lambda: worker.counted("radius_host_names_failing") == 1)
        assert is_answered(worker, gateway, login("a", "b"))
        again = Worker(house)
        assert is_answered(again, gateway, login("a", "b"))
        again.stop()
        names["gw.example.org"] = ELSEWHERE
        eventually(lambda: worker.counted("radius_host_names_failing") == 0)


def test_an_access_point_that_was_replaced_while_it_was_written_down_harms_nobody(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.add_access_point("second", ELSEWHERE, OTHER_SECRET, message_authenticator="learn")
    worker.catch_up()
    with Gateway(ELSEWHERE) as second:
        assert is_answered(worker, second, login("a", "b", secret=OTHER_SECRET))
        with house.database.write() as db:
            db.delete(db.scalars(select(AccessPoint).where(AccessPoint.name == "second")).one())
    house.set_access_point(message_authenticator="learn")
    worker.catch_up()
    assert is_answered(worker, gateway, login("a", "b"))
    eventually(lambda: (state := state_of(house)) is not None and state.signed_at is not None)


def test_who_sends_too_much_is_held_back_alone(house: House) -> None:
    house.add_access_point("second", ELSEWHERE, OTHER_SECRET)
    worker = Worker(house, source_rate=50)
    with Gateway(ADDRESS) as loud, Gateway(ELSEWHERE) as quiet:
        before = worker.counted("radius_drops_total", kind="auth", reason="over_rate")
        for number in range(400):
            loud.send(worker.auth_port, status_server(identifier=number % 256))
        eventually(lambda: is_answered_soon(worker, quiet, login("a", "b", secret=OTHER_SECRET)))
        dropped = worker.counted("radius_drops_total", kind="auth", reason="over_rate") - before
        assert 100 <= dropped <= 300, "a hundred at once, and fifty for each second that it took"
        # It is heard again once it sends less.
        eventually(lambda: is_answered_soon(worker, loud, login("a", "b", secret=SECRET)))
    worker.stop()
