"""Accounts go when their time is over, and the name of a deleted one from what was open then."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hotspots.database import Database
from hotspots.jobs.old_accounts import delete_expired_accounts, erase_names_of_deleted_accounts
from hotspots.models import AccessPoint, Account, AuditEntry, Session
from hotspots.residents import accounts
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW
from tests.hotspots.residents.test_accounts import add

DAYS = 30  # what an authority has until it decides


def test_accounts_go_when_they_have_been_over_for_as_long_as_sessions_are_kept(database: Database) -> None:
    add(database, "long-over", expires_at=NOW + timedelta(days=1))
    add(database, "just-over", expires_at=NOW + timedelta(days=20))
    add(database, "good", expires_at=NOW + timedelta(days=300))
    now = NOW + timedelta(days=1 + DAYS, seconds=1)

    assert delete_expired_accounts(database, now) == 1
    assert delete_expired_accounts(database, now) == 0

    with database.read() as db:
        assert set(db.scalars(select(Account.name))) == {"just-over", "good"}
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "account.delete")).one()
        assert (entry.actor, entry.subject) == ("scheduler", "account 1")


def test_the_name_of_a_deleted_account_goes_once_its_session_has_ended(database: Database) -> None:
    deleted, kept = add(database, "anna@example.org"), add(database, "jan@example.org")
    with database.write() as db:
        access_point = db.get_one(AccessPoint, 1)
        for number, name in ((deleted, "anna@example.org"), (kept, "jan@example.org")):
            subject = {"subject_kind": "resident", "subject_key": str(number)}
            db.add(a_session(access_point, None, NOW, user_name=name, **subject))
        other = {"subject_kind": "voucher", "subject_key": str(deleted)}
        db.add(a_session(access_point, None, NOW, user_name="of a voucher", stopped_at=NOW, **other))
    with database.write() as db:
        accounts.delete(db, db.get_one(Account, deleted), deleted_by="a clerk", now=NOW)
    assert erase_names_of_deleted_accounts(database, NOW) == 0, "the Disconnect needs it"
    with database.write() as db:
        for session in db.scalars(select(Session)):
            session.stopped_at = NOW

    assert erase_names_of_deleted_accounts(database, NOW + timedelta(hours=1)) == 1
    assert erase_names_of_deleted_accounts(database, NOW + timedelta(hours=1)) == 0

    with database.read() as db:
        names = dict(db.execute(select(Session.id, Session.user_name)).all())
        assert sorted(name or "" for name in names.values()) == ["", "jan@example.org", "of a voucher"]
