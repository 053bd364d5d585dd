from datetime import timedelta

from sqlalchemy import select

from hotspots.database import Database
from hotspots.models import AuditEntry, ServicePlan, Session, SessionCommand
from hotspots.sessions import disconnects
from hotspots.sessions.limit_changes import CHANGE
from tests.hotspots.places import NOW, add_network


def _open_session(database: Database) -> int:
    with database.write() as session:
        access_point = add_network(session, database.vault)
        stay = Session(
            key="k", access_point_id=access_point.id, acct_session_id="65a1", started_at=NOW, updated_at=NOW,
            changed_at=NOW,
        )  # fmt: skip
        session.add(stay)
        session.flush()
        return stay.id


def _ask(database: Database, session_id: int) -> SessionCommand | None:
    with database.write() as session:
        return disconnects.ask(session, session.get_one(Session, session_id), asked_by="jan", now=NOW)


def test_staff_ask_and_it_is_written_down(database: Database) -> None:
    command = _ask(database, _open_session(database))
    assert command is not None
    assert (command.kind, command.cause, command.asked_by, command.asked_at, command.state, command.attempts) == (
        "disconnect", "staff", "jan", NOW, "asked", 0,
    )  # fmt: skip
    with database.read() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject) == ("jan", "session.disconnect", "session 1")


def test_to_ask_twice_is_to_ask_once_until_the_first_has_failed(database: Database) -> None:
    session_id = _open_session(database)
    first, second = _ask(database, session_id), _ask(database, session_id)
    assert first is not None
    assert second is not None
    assert first.id == second.id

    with database.write() as session:
        session.get_one(SessionCommand, first.id).state = "timed_out"
    third = _ask(database, session_id)
    assert third is not None
    assert third.id != first.id


def test_an_acknowledgement_is_believed_until_the_session_is_reported_again(database: Database) -> None:
    session_id = _open_session(database)
    first = _ask(database, session_id)
    assert first is not None
    with database.write() as session:
        command = session.get_one(SessionCommand, first.id)
        command.state, command.answered_at = "acked", NOW
    believed = _ask(database, session_id)
    assert believed is not None
    assert believed.id == first.id

    with database.write() as session:
        session.get_one(Session, session_id).updated_at = NOW + timedelta(minutes=5)
    again = _ask(database, session_id)
    assert again is not None
    assert again.id != first.id


def test_what_has_ended_is_not_ended_again(database: Database) -> None:
    session_id = _open_session(database)
    with database.write() as session:
        session.get_one(Session, session_id).stopped_at = NOW
    assert _ask(database, session_id) is None


def test_the_proof_is_due_after_two_interim_intervals_of_the_plan(database: Database) -> None:
    session_id = _open_session(database)
    _ask(database, session_id)

    def missing(minutes: int) -> int:
        with database.read() as session:
            return disconnects.unproved(session, NOW + timedelta(minutes=minutes))

    assert (missing(9), missing(11)) == (0, 1)
    with database.write() as session:
        session.get_one(Session, session_id).plan_id = 1
        session.get_one(ServicePlan, 1).interim_seconds = 1200
    assert (missing(39), missing(41)) == (0, 1)


def test_a_resident_asks_once_and_not_for_what_has_ended(database: Database) -> None:
    number = _open_session(database)
    for later in (0, 1):
        with database.write() as db:
            disconnects.ask_for_resident(db, db.get_one(Session, number), NOW + timedelta(seconds=later))
    with database.write() as db:
        command = db.scalars(select(SessionCommand)).one()
        assert (command.cause, command.asked_by, command.asked_at, command.state) == (
            "user_request", "resident", NOW, "asked",
        )  # fmt: skip
        assert db.scalars(select(AuditEntry)).all() == [], "nobody of the staff did anything"
        db.delete(command)
        session = db.get_one(Session, number)
        session.stopped_at = NOW
        disconnects.ask_for_resident(db, session, NOW)
    with database.read() as db:
        assert db.scalars(select(SessionCommand)).all() == []


def test_a_change_of_limits_that_is_under_way_does_not_keep_a_resident_online(database: Database) -> None:
    number = _open_session(database)
    with database.write() as db:
        db.add(SessionCommand(session_id=number, kind=CHANGE, cause="x", asked_by="jan", asked_at=NOW))
    with database.write() as db:
        disconnects.ask_for_resident(db, db.get_one(Session, number), NOW)
    with database.read() as db:
        kinds = db.scalars(select(SessionCommand.kind).order_by(SessionCommand.id)).all()
    assert kinds == [CHANGE, "disconnect"]
