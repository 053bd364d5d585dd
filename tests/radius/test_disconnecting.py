"""Disconnects: asked for by a limit or by staff, sent in the gateway's dialect, answered, proved by the Stop."""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots.models import Session, SessionCommand
from hotspots.sessions import disconnects
from hotspots.sessions.accounting import LOST
from tests.radius.fake_nas import FakeNas, acks, like_coovachilli, like_uspot, naks, says_nothing
from tests.radius.gateway import Gateway, login, number, report
from tests.radius.running import House, Worker, eventually

START, STOP, INTERIM = 1, 2, 3
NAMES = ((1, b"somebody"), (8, bytes((10, 1, 0, 7))))


def command(house: House) -> SessionCommand:
    with house.database.read() as db:
        return db.scalars(select(SessionCommand).options(joinedload(SessionCommand.session))).one()


def settled(house: House, within_seconds: float = 60) -> SessionCommand:
    """The only command, once it is no longer only asked for."""
    return eventually(lambda: (found := command(house)).state != "asked" and found, within_seconds)


def ask(house: House) -> None:
    """Staff press the button beside the only session."""
    with house.database.write() as db:
        session = db.scalars(select(Session)).one()
        assert disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC)) is not None


def start_session(worker: Worker, gateway: Gateway) -> None:
    gateway.ask(worker.acct_port, report(START, "s1", *NAMES))


def test_a_resident_who_used_up_the_quota_is_cut_off_and_the_stop_proves_it(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_plan(daily_octets=1000)
    code = house.voucher()
    with FakeNas(like_coovachilli) as nas:
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        granted = dict(gateway.ask(worker.auth_port, login(code, code)).attributes)[25]
        more = (*NAMES, (25, granted))
        gateway.ask(worker.acct_port, report(START, "s1", *more))
        gateway.ask(worker.acct_port, report(INTERIM, "s1", *more, (42, number(999))))
        time.sleep(0.6)
        assert nas.heard == []
        gateway.ask(worker.acct_port, report(INTERIM, "s1", *more, (42, number(1000))))
        done = settled(house)
        assert (done.cause, done.state, done.attempts, done.error_cause) == ("limit_reached", "acked", 1, None)
        assert done.round_trip_ms is not None
        assert done.answered_at is not None
        assert [{kind: heard[kind] for kind in (1, 44)} for heard in nas.heard] == [{1: b"somebody", 44: b"s1"}]
    gateway.ask(worker.acct_port, report(STOP, "s1", *more, (42, number(1000)), (49, number(6))))
    proved = command(house)
    assert (proved.state, proved.session.terminate_cause) == ("proved", "Admin-Reset")


@pytest.mark.parametrize(
    ("kind", "manner", "attributes"),
    [
        ("coovachilli", like_coovachilli, {80, 1, 44}),
        ("mikrotik", acks, {80, 1, 8, 44}),
        ("uspot", like_uspot, {44}),
        ("unifi", acks, {80, 44, 55}),
        ("wispr", acks, {80, 1, 44, 55}),
        ("opennds", acks, {80, 1, 44, 55}),
        ("aruba", acks, {80, 1, 44, 55}),
        ("cambium", acks, {80, 1, 31}),
        ("ruckus", acks, {80, 1, 31, 44}),
        ("smartzone", acks, {80, 1, 31, 44}),
        ("cisco", acks, {80, 31, 44}),
        ("omada", acks, {80, 1, 44, 55}),
    ],
)
def test_each_gateway_is_spoken_to_in_its_dialect(
    house: House,
    worker: Worker,
    gateway: Gateway,
    kind: str,
    manner: Callable[[dict[int, bytes]], bytes | None],
    attributes: set[int],
) -> None:
    with FakeNas(manner) as nas:
        house.set_access_point(coa_port=nas.port, gateway=kind)
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        assert settled(house).state == "acked"
        (heard,) = nas.heard
    assert set(heard) == attributes
    if 55 in heard:
        assert abs(struct.unpack(">I", heard[55])[0] - time.time()) < 5
    if 31 in heard:
        assert heard[31] == b"02-11-22-33-44-55"
    if 8 in heard:
        assert heard[8] == bytes((10, 1, 0, 7))


def test_a_refusal_is_written_down_with_its_cause(house: House, worker: Worker, gateway: Gateway) -> None:
    with FakeNas(naks(403)) as nas:
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        done = settled(house)
    assert (done.state, done.error_cause, done.session.stopped_at) == ("nacked", 403, None)


def test_a_session_that_the_gateway_does_not_know_is_over_until_it_is_heard_of_again(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    with FakeNas(naks(503)) as nas:
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        done = settled(house)
        assert (done.state, done.error_cause, done.session.terminate_cause) == ("nacked", 503, LOST)
    gateway.ask(worker.acct_port, report(INTERIM, "s1", *NAMES))
    assert command(house).session.stopped_at is None


def test_a_gateway_that_gives_no_answer_is_asked_three_times_with_the_same_bytes(
    house: House, worker: Worker, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeNas(says_nothing) as nas, caplog.at_level(logging.WARNING):
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        done = settled(house)
        assert (done.state, done.attempts, done.answered_at) == ("timed_out", 3, None)
        assert len(nas.datagrams) == 3
        assert len(set(nas.datagrams)) == 1
    assert "belzyce-urzad-1 gives no answer" in caplog.text


def test_an_answer_under_another_secret_is_none(house: House, worker: Worker, gateway: Gateway) -> None:
    class Impostor(FakeNas):
        def _reply(self, request: bytes, code: int, body: bytes) -> bytes:
            right = super()._reply(request, code, body)
            return right[:4] + bytes(16) + right[20:]

    with Impostor() as nas:
        house.set_access_point(coa_port=nas.port)
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        eventually(lambda: len(nas.heard) >= 2)
        assert command(house).state == "asked"


def test_an_access_point_behind_a_subnet_is_sent_to_where_it_called_from(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    with FakeNas() as nas:
        house.set_access_point(coa_port=nas.port, address="127.0.1.0/24")
        worker.catch_up()
        start_session(worker, gateway)
        ask(house)
        assert settled(house).state == "acked"


def test_who_has_not_called_for_long_is_given_up(
    house: House, worker: Worker, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    start_session(worker, gateway)
    house.add_access_point("never-heard", "127.0.2.0/24")
    with house.database.write() as db:
        db.scalars(select(Session)).one().access_point_id = 2
    worker.catch_up()
    ask(house)
    time.sleep(0.6)
    assert command(house).state == "asked", "it may call any moment"
    with house.database.write() as db:
        db.scalars(select(SessionCommand)).one().asked_at -= timedelta(minutes=7)
    assert (settled(house).state, command(house).attempts) == ("timed_out", 0)
    assert "not known where its access point is" in caplog.text


def test_of_two_workers_one_sends(house: House, worker: Worker, gateway: Gateway) -> None:
    other = Worker(house)
    try:
        with FakeNas() as nas:
            house.set_access_point(coa_port=nas.port)
            worker.catch_up()
            other.catch_up()
            for each in range(20):
                gateway.ask(worker.acct_port, report(START, f"s{each}", *NAMES, identifier=each))
            with house.database.write() as db:
                for session in db.scalars(select(Session)).all():
                    disconnects.ask(db, session, asked_by="a clerk", now=datetime.now(UTC))

            def open_commands() -> int:
                with house.database.read() as db:
                    return len(db.scalars(select(SessionCommand.id).where(SessionCommand.state != "acked")).all())

            eventually(lambda: open_commands() == 0)
            assert sorted(heard[44] for heard in nas.heard) == sorted(b"s%d" % each for each in range(20))
    finally:
        other.stop()
