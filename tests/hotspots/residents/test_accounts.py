"""Accounts: what a name may be, passwords, blocking, and what is left after one is deleted."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, passwords, vouchers
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.logins.tickets import TicketDesk
from hotspots.models import (
    AccessPoint,
    Account,
    AuditEntry,
    Authority,
    Change,
    DeviceGrant,
    ServicePlan,
    Session,
    SessionCommand,
)
from hotspots.policy import Subject, SubjectKind
from hotspots.residents import accounts
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW, add_network

HASH = "not really a hash"


def add(database: Database, name: str = "anna@example.org", **fields: Any) -> int:
    known: dict[str, Any] = {"password_hash": HASH, "expires_at": NOW + timedelta(days=365)}
    with database.write() as db:
        if db.get(ServicePlan, 1) is None:
            add_network(db, database.vault)
        plan, authority = db.get_one(ServicePlan, 1), db.get_one(Authority, 1)
        account = accounts.add(
            db, name=name, plan=plan, authority=authority, added_by="a clerk", now=NOW, **known | fields
        )
        return account.id


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        (" Anna@Example.ORG ", "anna@example.org"),
        ("ŻÓŁĆ", "żółć"),
        (unicodedata.normalize("NFD", "Żółć"), "żółć"),
        ("Jan.Kowalski", "jan.kowalski"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("a" * 253, "a" * 253),
    ],
)
def test_a_name_is_the_same_however_it_is_typed(typed: str, kept: str) -> None:
    assert accounts.normalise(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a\u00a0b",
        "a\nb",
        "a\0b",
        "\u202eanna",
        "a" * 254,
        "ą" * 127,
        "02-11-22-33-44-55",
        "021122334455",
    ],
)
def test_what_can_be_nobodys_name(name: str) -> None:
    assert accounts.normalise(name) is None


def test_a_name_is_never_taken_for_a_voucher_or_a_ticket() -> None:
    code = vouchers.new_code()
    mistyped = code[:-1] + next(sign for sign in vouchers.ALPHABET if sign != code[-1])
    ticket, _ = TicketDesk(b"tickets" * 5).issue(  # a ticket that really is one
        Subject(SubjectKind.KIOSK, "1"), 1, 1, "02:11:22:33:44:55", 1, NOW
    )
    for name in (code, vouchers.grouped(code).lower(), mistyped, ticket):
        assert accounts.normalise(name) is None


@given(st.text(max_size=300))
@settings(max_examples=500)
def test_any_text_is_a_name_that_stays_as_it_is_or_none(text: str) -> None:
    name = accounts.normalise(text)
    if name is not None:
        assert accounts.normalise(name) == name
        assert accounts.normalise(unicodedata.normalize("NFD", name)) == name
        assert 0 < len(name.encode()) <= accounts.MOST_NAME_OCTETS
        assert name.isprintable()


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("tiny word", "too short"),
        ("x" * 129, "too long"),
        ("ż" * 65, "too long"),
        ("with a\ttab in it", "control characters"),
        ("my name is ANNA@example.org", "name in it"),
    ],
)
def test_passwords_that_will_not_do_are_refused_with_the_reason(password: str, wrong: str) -> None:
    with pytest.raises(HotspotsError, match=wrong) as error:
        accounts.hashed("Anna@example.org", SecretStr(password))
    assert password not in str(error.value)


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    kept = accounts.hashed("anna", SecretStr("zażółć gęślą jaźń"))
    decomposed = unicodedata.normalize("NFD", "zażółć gęślą jaźń").encode()
    assert kept.startswith("$argon2id$")
    assert passwords.verify_octets(kept, passwords.normal_octets(decomposed))
    assert not passwords.verify_octets(kept, b"zazolc gesla jazn")
    assert passwords.normal_octets(b"\xff\xfe") == b"\xff\xfe"
    assert not passwords.verify_octets("no hash at all", b"anything")


def test_two_accounts_cannot_have_one_name(database: Database) -> None:
    add(database)
    with pytest.raises(HotspotsError, match="already"):
        add(database, "ANNA@example.org")
    with pytest.raises(HotspotsError, match="cannot be the name"):
        add(database, "two words")
    with pytest.raises(HotspotsError, match="over from the start"):
        add(database, "jan", expires_at=NOW)


def test_an_account_is_found_however_its_name_is_written(database: Database) -> None:
    number = add(database)
    with database.read() as db:
        assert accounts.find(db, "Anna@EXAMPLE.org").id == number
        for nobody in ("jan", "two words", ""):
            with pytest.raises(HotspotsError, match="there is no account"):
                accounts.find(db, nobody)


def test_what_is_done_to_an_account_is_written_down_by_its_number_and_told(database: Database) -> None:
    number = add(database)
    with database.write() as db:
        account = db.get_one(Account, number)
        accounts.set_password(db, account, "another", set_by="a clerk", now=NOW)
        accounts.extend(db, account, NOW + timedelta(days=2), extended_by="a clerk", now=NOW)
        accounts.block(db, account, blocked_by="a clerk", now=NOW)
        accounts.block(db, account, blocked_by="a clerk", now=NOW)
        accounts.unblock(db, account, unblocked_by="a clerk", now=NOW)
    with database.write() as db:
        accounts.delete(db, db.get_one(Account, number), deleted_by="a clerk", now=NOW)
    with database.read() as db:
        entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.action.partition(".")[2] for entry in entries] == [
            *("add", "password", "extend", "block", "unblock", "delete"),
        ]
        assert {entry.subject for entry in entries} == {f"account {number}"}
        assert "anna" not in "".join(str(entry.detail) + entry.subject for entry in entries)
        assert audit.verify(db).broken_at is None
        told = db.scalars(select(Change.key).where(Change.topic == "accounts")).all()
        assert set(told) == {str(number)}
        assert len(told) >= 3


def test_the_number_of_a_deleted_account_is_never_given_again(database: Database) -> None:
    first = add(database)
    with database.write() as db:
        accounts.delete(db, db.get_one(Account, first), deleted_by="a clerk", now=NOW)
    assert add(database) > first


def test_a_block_asks_for_the_end_of_what_is_open(database: Database) -> None:
    number = add(database)
    mine = {"subject_kind": "resident", "subject_key": str(number)}
    with database.write() as db:
        add_session_rows(db, mine)
        account = db.get_one(Account, number)
        assert accounts.block(db, account, blocked_by="a clerk", now=NOW) == 1
    with database.read() as db:
        command = db.scalars(select(SessionCommand)).one()
        assert (command.state, command.asked_by) == ("asked", "a clerk")


def add_session_rows(db: OrmSession, mine: dict[str, str]) -> AccessPoint:
    access_point = db.get_one(AccessPoint, 1)
    db.add(a_session(access_point, None, NOW, user_name="anna@example.org", **mine))
    db.add(a_session(access_point, None, NOW, user_name="anna@example.org", stopped_at=NOW, **mine))
    db.add(a_session(access_point, None, NOW, user_name="somebody else"))
    db.flush()
    return access_point


def test_a_deleted_account_leaves_a_number_behind_and_no_name(database: Database) -> None:
    number = add(database)
    mine = {"subject_kind": "resident", "subject_key": str(number)}
    with database.write() as db:
        access_point = add_session_rows(db, mine)
        grant = {"plan_id": 1, "access_point_id": access_point.id, "terms_version": 1, "granted_at": NOW}
        later = NOW + timedelta(days=1)
        db.add(DeviceGrant(device="02:11:22:33:44:55", expires_at=later, **grant, **mine))
        other = {"subject_kind": "device", "subject_key": "02:11:22:33:44:66"}
        db.add(DeviceGrant(device="02:11:22:33:44:66", expires_at=later, **grant, **other))
    with database.write() as db:
        assert accounts.delete(db, db.get_one(Account, number), deleted_by="a clerk", now=NOW) == 1
    with database.read() as db:
        assert db.scalars(select(Account)).all() == []
        assert db.scalars(select(DeviceGrant.device)).all() == ["02:11:22:33:44:66"]
        stopped = db.scalars(select(Session).where(Session.stopped_at.is_not(None))).one()
        assert (stopped.user_name, stopped.subject_key, stopped.octets_up) == (None, str(number), 1000)
        # The Disconnect needs it; the scheduler takes it away once the session has ended.
        assert db.scalars(select(Session.user_name).where(Session.stopped_at.is_(None))).all() == [
            "anna@example.org",
            "somebody else",
        ]
        assert "02:11:22:33:44:55" in db.scalars(select(Change.key).where(Change.topic == "grants")).all()
