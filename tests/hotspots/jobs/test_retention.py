"""What goes when the days that an authority decided on are over."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import select

from hotspots import audit, keys, vouchers
from hotspots.database import Database
from hotspots.jobs.retention import delete_old_commands, delete_old_decisions, erase_old_sessions
from hotspots.models import AuditEntry, Authority, LoginDecision, ServicePlan, Session, SessionCommand, Voucher
from tests.hotspots.jobs.rows import a_decision, a_session
from tests.hotspots.places import NOW, add_network

NAMES = ("user_name", "device", "framed_ip", "subject_kind", "subject_key")
DAYS = 30  # what an authority has until it decides


def names(session: Session) -> set[str | None]:
    return {getattr(session, name) for name in NAMES}


def test_names_of_old_sessions_go_and_figures_stay(database: Database) -> None:
    with database.write() as db:
        access_point = add_network(db, database.vault)
        for days in (DAYS - 1, DAYS + 1):
            ended = NOW - timedelta(days=days)
            db.add(a_session(access_point, None, ended, stopped_at=ended, key=f"x-digest{days}"))

    assert erase_old_sessions(database, NOW) == 1
    assert erase_old_sessions(database, NOW) == 0

    with database.read() as db:
        recent, old = db.scalars(select(Session).order_by(Session.stopped_at.desc()))
        assert None not in names(recent)
        assert names(old) == {None}
        assert (old.octets_up, old.octets_down, old.session_seconds) == (1000, 2000, 600)
        assert (recent.key, old.key) == ("x-digest29", f"erased/{old.id}")


def test_open_sessions_are_never_emptied(database: Database) -> None:
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add(a_session(access_point, None, NOW, started_at=NOW - timedelta(days=60)))

    assert erase_old_sessions(database, NOW) == 0


def test_each_authority_has_its_own_days(database: Database) -> None:
    ended = NOW - timedelta(days=DAYS + 1)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        access_point.hotspot.authority.retention_days = 365
        db.add(a_session(access_point, None, ended, stopped_at=ended))
        db.add(a_decision(access_point, ended))

    assert erase_old_sessions(database, NOW) == 0
    assert delete_old_decisions(database, NOW) == 0


def test_the_subject_of_a_voucher_stays_until_it_has_expired(database: Database) -> None:
    ended, expires_at = NOW - timedelta(days=DAYS + 1), NOW + timedelta(days=10)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        vouchers.create_batch(
            db,
            database.vault,
            keys.derive(SecretStr("a key of the tests, long enough to be taken"), keys.VOUCHER_LOOKUP),
            plan=db.scalars(select(ServicePlan)).one(),
            authority=db.scalars(select(Authority).limit(1)).one(),
            count=1,
            created_by="test",
            now=ended,
            expires_at=expires_at,
        )
        number = str(db.scalars(select(Voucher.id)).one())
        db.add(a_session(access_point, None, ended, stopped_at=ended, subject_kind="voucher", subject_key=number))

    assert erase_old_sessions(database, NOW) == 1
    assert erase_old_sessions(database, NOW) == 0
    with database.read() as db:
        session = db.scalars(select(Session)).one()
        assert (session.device, session.subject_kind, session.subject_key) == (None, "voucher", number)

    assert erase_old_sessions(database, expires_at) == 1
    with database.read() as db:
        assert names(db.scalars(select(Session)).one()) == {None}


def test_old_decisions_go_with_those_of_no_access_point(database: Database) -> None:
    old, recent = NOW - timedelta(days=DAYS + 1), NOW - timedelta(days=DAYS - 1)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add_all(a_decision(where, at) for where in (access_point, None) for at in (old, recent))

    assert delete_old_decisions(database, NOW) == 2

    with database.read() as db:
        assert set(db.scalars(select(LoginDecision.at))) == {recent}


def test_commands_go_with_the_days_of_the_sessions_that_they_were_sent_to(database: Database) -> None:
    old, recent = NOW - timedelta(days=DAYS + 1), NOW - timedelta(days=DAYS - 1)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        for name, asked_at, ended in (
            ("old", old, old),
            ("of a session that went on", old, recent),
            ("of a session that goes on", old, None),
            ("recent", recent, old),
        ):
            session = a_session(access_point, None, old, stopped_at=ended)
            db.add(session)
            db.flush()
            db.add(SessionCommand(session_id=session.id, cause="user_request", asked_by=name, asked_at=asked_at))
        months = database.engine.dialect.name == "postgresql"
        if months:  # which may be detached by hand, with the sessions in them
            db.add(SessionCommand(session_id=99, cause="user_request", asked_by="of no session", asked_at=old))

    assert delete_old_commands(database, NOW) == 1 + months
    assert delete_old_commands(database, NOW) == 0
    with database.read() as db:
        kept = {"of a session that went on", "of a session that goes on", "recent"}
        assert set(db.scalars(select(SessionCommand.asked_by))) == kept
        assert set(db.scalars(select(AuditEntry.action))) == {"retention.session_commands"}


def test_what_was_done_is_in_the_audit_log(database: Database) -> None:
    old = NOW - timedelta(days=DAYS + 1)
    with database.write() as db:
        access_point = add_network(db, database.vault)
        db.add_all(a_decision(access_point, old) for _ in range(3))

    delete_old_decisions(database, NOW)
    delete_old_decisions(database, NOW)

    with database.read() as db:
        entry = db.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject) == ("scheduler", "retention.login_decisions", "belzyce")
        assert entry.detail["rows"] == 3
        assert audit.verify(db).broken_at is None
