"""Accounting against a running worker: answered when it is durable and not before, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from hotspots.models import LoginDecision, Session
from hotspots.sessions.accounting import NAS_REBOOT
from radius.numbers import Code
from radius.wire import vendor_attribute
from tests.radius.gateway import Gateway, accounting_request, login, number, radclient, report
from tests.radius.running import House, Worker, eventually

START, STOP, INTERIM, ON = 1, 2, 3, 7


def sessions(house: House) -> list[Session]:
    with house.database.read() as db:
        return list(db.scalars(select(Session).order_by(Session.id)))


@contextmanager
def writing_elsewhere(house: House) -> Iterator[None]:
    """Another program holds the lock that the recorder needs to write."""
    with house.database.write() as db:
        db.connection()  # of SQLite it is the only one, and taken with the first statement
        if house.database.engine.dialect.name == "postgresql":
            db.execute(text("LOCK TABLE sessions IN SHARE ROW EXCLUSIVE MODE"))
        yield
        db.rollback()


@contextmanager
def without_the_table(house: House) -> Iterator[None]:
    """The database refuses each commit at once."""
    with house.database.write() as db:
        db.connection().exec_driver_sql("ALTER TABLE sessions RENAME TO sessions_elsewhere")
    yield
    with house.database.write() as db:
        db.connection().exec_driver_sql("ALTER TABLE sessions_elsewhere RENAME TO sessions")


def test_a_session_from_start_to_stop_as_radclient_tells_it(house: House, worker: Worker) -> None:
    names = 'Acct-Session-Id = "s1"\nUser-Name = "somebody"\nCalling-Station-Id = "02-11-22-33-44-55"\n'
    told = (
        "Acct-Status-Type = Start\nFramed-IP-Address = 10.1.0.7",
        "Acct-Status-Type = Interim-Update\nAcct-Session-Time = 300\nAcct-Input-Octets = 5\n"
        "Acct-Output-Octets = 6\nAcct-Output-Gigawords = 1",
        "Acct-Status-Type = Stop\nAcct-Session-Time = 310\nAcct-Input-Octets = 9\nAcct-Output-Octets = 6\n"
        "Acct-Output-Gigawords = 1\nAcct-Terminate-Cause = User-Request\nAcct-Delay-Time = 30",
    )
    for lines in told:
        shown = radclient(worker.acct_port, "acct", names + lines)
        assert "Received Accounting-Response" in shown, shown
    (session,) = sessions(house)
    assert (session.user_name, session.device, session.framed_ip) == ("somebody", "02:11:22:33:44:55", "10.1.0.7")
    assert (session.session_seconds, session.octets_up, session.octets_down) == (310, 9, 6 + 2**32)
    assert session.terminate_cause == "User-Request"
    assert session.stopped_at is not None
    ago = datetime.now(UTC) - session.stopped_at
    assert timedelta(seconds=29) < ago < timedelta(seconds=60)


@pytest.mark.parametrize("view", ["of the inventory", "of the packet", "both"])
def test_directions_are_the_residents_whoever_counted(
    house: House, worker: Worker, gateway: Gateway, view: str
) -> None:
    if view != "of the packet":
        house.set_access_point(octets_from_client_view=True)
        worker.catch_up()
    more = [(42, number(1000)), (43, number(10))]  # as the client sees it: 1000 came in
    if view != "of the inventory":
        more.append(vendor_attribute(14559, 10, 2))
    gateway.ask(worker.acct_port, report(INTERIM, "s1", *more))
    (session,) = sessions(house)
    assert (session.octets_up, session.octets_down) == (10, 1000)


def test_the_grant_comes_back_with_the_class(house: House, worker: Worker, gateway: Gateway) -> None:
    house.set_plan(session_seconds=600, daily_octets=5000)
    worker.catch_up()
    code = house.voucher()
    accepted = gateway.ask(worker.auth_port, login(code, code))
    granted = next(value for kind, value in accepted.attributes if kind == 25)
    gateway.ask(worker.acct_port, report(START, "s1", (25, b"of another server"), (25, granted)))
    gateway.ask(worker.acct_port, report(START, "s2", (25, granted[:-9] + bytes([granted[-9] ^ 1]) + granted[-8:])))
    ours, forged = sessions(house)
    assert (ours.subject_kind, ours.limit_seconds, ours.limit_octets) == ("voucher", 600, 5000)
    assert (forged.subject_kind, forged.limit_seconds) == ("device", None)


def test_an_access_point_that_starts_anew_has_no_sessions_left(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    gateway.ask(worker.acct_port, report(START, "s1"))
    answer = gateway.ask(worker.acct_port, accounting_request((40, number(ON))))
    assert answer.code == Code.ACCOUNTING_RESPONSE
    (session,) = sessions(house)
    assert session.terminate_cause == NAS_REBOOT


def test_nothing_is_answered_before_it_is_durable_and_logins_go_on(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    worker.catch_up()
    start = report(START, "s1")
    with writing_elsewhere(house), Gateway() as another:
        gateway.send(worker.acct_port, start)
        assert gateway.hear(1.0) is None
        assert sessions(house) == []
        gateway.send(worker.acct_port, start)  # it asks again, and must not be written twice
        assert another.ask(worker.auth_port, login(code, code), 1.0).code == Code.ACCESS_ACCEPT
    first = gateway.hear()
    assert first is not None
    assert gateway.hear(0.3) is None, "what came again while the first was in progress is swallowed"
    assert gateway.ask(worker.acct_port, start).raw == first, "what comes again later gets the same bytes"
    assert [session.acct_session_id for session in sessions(house)] == ["s1"]


def test_while_the_database_is_away_reports_and_logins_are_kept_on_disk_and_written_when_it_is_back(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    worker.catch_up()
    failures = worker.counted("radius_commit_failures_total")
    with without_the_table(house):
        interim = report(INTERIM, "s1", (46, number(60)), (42, number(500)))
        assert gateway.ask(worker.acct_port, interim).code == Code.ACCOUNTING_RESPONSE
        assert gateway.ask(worker.auth_port, login(code, code)).code == Code.ACCESS_ACCEPT
        stop = report(STOP, "s1", (46, number(90)), (42, number(700)), identifier=2)
        assert gateway.ask(worker.acct_port, stop).code == Code.ACCOUNTING_RESPONSE
        assert worker.counted("radius_commit_failures_total") > failures
        assert eventually(lambda: house.recorder.backlog.octets) > 0
    eventually(lambda: house.recorder.backlog.empty)
    (session,) = sessions(house)
    assert (session.session_seconds, session.octets_up, session.stopped_at is not None) == (90, 700, True)
    with house.database.read() as db:
        assert len(db.scalars(select(LoginDecision)).all()) == 1


def test_when_it_stops_what_was_read_is_written_and_answered(house: House, gateway: Gateway) -> None:
    worker = Worker(house)
    with writing_elsewhere(house):
        for each in range(50):
            gateway.send(worker.acct_port, report(START, f"s{each}", identifier=each))
        assert gateway.hear(0.5) is None
    worker.stop()
    answered = {answer[1] for answer in iter(lambda: gateway.hear(2.0), None)}
    assert answered == set(range(50))
    assert len(sessions(house)) == 50


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        (((44, b"s1"),), "status_type_missing"),
        (((40, number(START)),), "session_id_missing"),
        (((40, number(START)), (44, b"")), "session_id_missing"),
        (((40, number(15)), (44, b"s1")), "status_type_unsupported"),
        (((40, b"\1"), (44, b"s1")), "value_length"),
        (((40, number(START)), (44, b"s1"), (42, b"12345")), "value_length"),
        (((40, number(START)), (44, b"s1"), (8, b"1")), "value_length"),
    ],
)
def test_what_reports_nothing_is_met_with_silence(
    worker: Worker, gateway: Gateway, pairs: tuple[tuple[int, bytes], ...], reason: str
) -> None:
    before = worker.counted("radius_drops_total", kind="acct", reason=reason)
    assert gateway.is_met_with_silence(worker.acct_port, accounting_request(*pairs), 0.3)
    eventually(lambda: worker.counted("radius_drops_total", kind="acct", reason=reason) == before + 1)
