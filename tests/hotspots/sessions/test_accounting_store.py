"""Accounting in the database: each octet once, in the session and in the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from hotspots import bulk
from hotspots.database import Database
from hotspots.models import Session, SessionCommand, UsageHour
from hotspots.policy import Subject, SubjectKind
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import NAS_REBOOT, Report, Status
from hotspots.sessions.class_attribute import SessionClass
from tests.hotspots.places import add_network

T0 = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def report(status: Status, seconds: int = 0, up: int = 0, down: int = 0, **more: object) -> Report:
    base = Report(
        status,
        1,
        T0 + timedelta(seconds=seconds),
        acct_session_id="5",
        user_name="somebody",
        device=PHONE,
        session_seconds=seconds,
        octets_up=up,
        octets_down=down,
    )
    return replace(base, **{"key": "", **more})  # type: ignore[arg-type]


def apply(database: Database, *reports: Report, now: datetime = T0) -> accounting_store.Applied:
    with bulk.transaction(database.engine) as db:
        return accounting_store.apply(db, reports, now)


def sessions(database: Database) -> list[Session]:
    with database.read() as db:
        return list(db.scalars(select(Session).order_by(Session.started_at)))


def totals(database: Database) -> tuple[int, ...]:
    with database.read() as db:
        sums = (UsageHour.sessions_started, UsageHour.session_seconds, UsageHour.octets_up, UsageHour.octets_down)
        return tuple(value or 0 for value in db.execute(select(*(func.sum(column) for column in sums))).one())


def test_a_session_in_one_batch_or_in_many_is_the_same(network: Database) -> None:
    reports = [report(Status.START), report(Status.INTERIM, 300, 1, 2), report(Status.STOP, 450, 3, 4)]
    apply(network, *reports)
    for each in reports:
        apply(network, each)
    (session,) = sessions(network)
    assert (session.session_seconds, session.octets_up, session.octets_down) == (450, 3, 4)
    assert session.stopped_at == T0 + timedelta(seconds=450)
    assert totals(network) == (1, 450, 3, 4)


def test_growth_is_counted_in_the_hour_that_it_was_reported_in(network: Database) -> None:
    apply(network, report(Status.START), report(Status.INTERIM, 3000, 10, 20))
    apply(network, report(Status.STOP, 4000, 15, 25))
    with network.read() as db:
        hours = {row.hour: (row.octets_up, row.octets_down) for row in db.scalars(select(UsageHour))}
    assert hours == {T0: (10, 20), T0 + timedelta(hours=1): (5, 5)}


def test_a_name_used_again_after_a_crash_is_a_new_session(network: Database) -> None:
    apply(network, report(Status.START), report(Status.STOP, 100, 1, 1))
    apply(network, report(Status.START, at=T0 + timedelta(hours=2)))
    apply(network, report(Status.STOP, 50, 7, 8, at=T0 + timedelta(hours=2, seconds=50)))
    first, second = sessions(network)
    assert (first.octets_up, second.octets_up) == (1, 7)
    assert totals(network) == (2, 150, 8, 9)


def test_a_name_used_again_within_one_batch_is_a_new_session_too(network: Database) -> None:
    later = T0 + timedelta(hours=2)
    apply(
        network,
        report(Status.START),
        report(Status.STOP, 100, 1, 1),
        report(Status.START, at=later),
        report(Status.INTERIM, 60, 5, 5, at=later + timedelta(seconds=60)),
    )
    first, second = sessions(network)
    assert (first.stopped_at is not None, second.stopped_at is not None) == (True, False)
    assert (first.octets_up, second.octets_up) == (1, 5)


@pytest.mark.parametrize("at_once", [True, False])
def test_three_sessions_of_one_name_that_claim_the_same_beginning_stay_three(
    network: Database, at_once: bool
) -> None:
    """A Start may say that the session has lasted for some time already."""
    told = [
        report(status, seconds, octets, at=T0 + timedelta(seconds=at), session_seconds=seconds)
        for status, at, seconds, octets in (
            (Status.START, 0, 0, 1),
            (Status.STOP, 10, 10, 1),
            (Status.START, 20, 20, 2),
            (Status.STOP, 30, 30, 2),
            (Status.START, 40, 40, 4),
        )
    ]
    for batch in [told] if at_once else [[each] for each in told]:
        apply(network, *batch)
    assert sorted((session.octets_up, session.stopped_at is not None) for session in sessions(network)) == [
        (1, True),
        (2, True),
        (4, False),
    ]


def test_accounting_on_ends_what_began_before_it_and_nothing_else(network: Database) -> None:
    other = {"acct_session_id": "6", "device": "02:11:22:33:44:66"}
    apply(network, report(Status.START), report(Status.START, at=T0 + timedelta(hours=1), **other))
    reboot = T0 + timedelta(minutes=30)
    apply(network, Report(Status.ON, 1, reboot))
    before, after = sessions(network)
    assert (before.stopped_at, before.terminate_cause) == (reboot, NAS_REBOOT)
    assert after.stopped_at is None


def test_a_grant_that_is_used_up_asks_for_one_disconnect_and_the_stop_proves_it(network: Database) -> None:
    grant = SessionClass("0011223344556677", Subject(SubjectKind.DEVICE, PHONE), 1, 3600, 1000)
    used_up = report(Status.INTERIM, 300, 500, 600, grant=grant)
    assert apply(network, report(Status.START, grant=grant)).disconnects == 0
    assert apply(network, used_up).disconnects == 1
    assert apply(network, replace(used_up, octets_up=900)).disconnects == 0
    apply(network, report(Status.STOP, 310, 900, 600, grant=grant))
    with network.read() as db:
        (command,) = db.scalars(select(SessionCommand))
        assert (command.cause, command.state) == ("limit_reached", "proved")
        assert command.session.limit_octets == 1000


def test_a_disconnect_that_the_gateway_did_not_answer_is_asked_for_again_when_it_is_heard(
    network: Database,
) -> None:
    grant = SessionClass("0011223344556677", Subject(SubjectKind.DEVICE, PHONE), 1, 3600, 1000)
    used_up = report(Status.INTERIM, 300, 500, 600, grant=grant)
    assert apply(network, used_up).disconnects == 1
    with network.write() as db:
        db.scalars(select(SessionCommand)).one().state = "timed_out"
    assert apply(network, replace(used_up, session_seconds=600)).disconnects == 1
    assert apply(network, replace(used_up, session_seconds=900)).disconnects == 0


@pytest.mark.parametrize("answer", ["acked", "nacked"])
def test_a_session_that_goes_on_after_the_answer_is_asked_to_end_again(network: Database, answer: str) -> None:
    grant = SessionClass("0011223344556677", Subject(SubjectKind.DEVICE, PHONE), 1, 3600, 1000)
    used_up = report(Status.INTERIM, 300, 500, 600, grant=grant)
    assert apply(network, used_up).disconnects == 1
    with network.write() as db:
        command = db.scalars(select(SessionCommand)).one()
        command.state, command.answered_at = answer, T0 + timedelta(seconds=1)
    still_on = replace(used_up, session_seconds=360)
    assert apply(network, still_on, now=T0 + timedelta(seconds=30)).disconnects == 0, "it may have been on its way"
    assert apply(network, still_on, now=T0 + timedelta(seconds=60)).disconnects == 1
    assert apply(network, still_on, now=T0 + timedelta(seconds=90)).disconnects == 0, "the second is under way"
    stop = replace(used_up, status=Status.STOP, session_seconds=400)
    apply(network, stop, now=T0 + timedelta(seconds=120))
    with network.read() as db:
        assert [each.state for each in db.scalars(select(SessionCommand))] == ["proved", "proved"]


def test_a_change_of_limits_under_way_does_not_keep_a_session_from_being_ended(network: Database) -> None:
    grant = SessionClass("0011223344556677", Subject(SubjectKind.DEVICE, PHONE), 1, 3600, 1000)
    apply(network, report(Status.START, grant=grant))
    with network.write() as db:
        db.add(SessionCommand(session_id=1, kind="change", cause="limits_changed", asked_by="limits", asked_at=T0))
    assert apply(network, report(Status.INTERIM, 300, 500, 600, grant=grant)).disconnects == 1


def test_a_session_counts_for_the_subject_of_its_grant(network: Database) -> None:
    grant = SessionClass("0011223344556677", Subject(SubjectKind.VOUCHER, "9"), 1, None, None)
    apply(network, report(Status.START, grant=grant), report(Status.START, acct_session_id="7"))
    assert {(row.subject_kind, row.subject_key) for row in sessions(network)} == {
        ("voucher", "9"),
        ("device", PHONE),
    }
