"""Logins with an account, decided from memory: whose it is, what stands against it, and what its plan gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from hotspots import bulk, passwords
from hotspots.database import Database
from hotspots.logins import login_store
from hotspots.logins.directory import Directory
from hotspots.logins.login import Attempt, LoginDesk, Method, Outcome, Unproved
from hotspots.logins.login_records import record_of
from hotspots.logins.tickets import TicketDesk
from hotspots.models import Account, DeviceGrant, LoginDecision, ServicePlan
from hotspots.policy import Accept, Reason, Refuse, Subject, SubjectKind
from hotspots.residents import accounts
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import Report, Status
from tests.hotspots.logins.test_login import Clear
from tests.hotspots.residents.test_accounts import add

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"
LAPTOP = "02:11:22:33:44:66"
NAME = "anna@example.org"
PASSWORD = "correct horse battery"
TICKETS = TicketDesk(b"tickets" * 5)


class Chap:
    """An answer to a challenge: nobody knows the password behind it."""

    clear = None

    def matches(self, *candidates: str) -> bool:
        return PASSWORD in candidates


class House:
    """A database with one account, and a worker's memory of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.number = add(database, NAME, password_hash=accounts.hashed(NAME, SecretStr(PASSWORD)))
        self.hashed = 0
        self.restart()

    def restart(self) -> None:
        self.directory = Directory(self.database)
        self.directory.load(NOW)
        self.desk = LoginDesk(self.directory, TICKETS, b"vouchers" * 4)

    def login(
        self, name: str = NAME, password: Any = PASSWORD, device: str = PHONE, now: datetime = NOW
    ) -> Outcome:
        (client,) = self.directory.clients.at("127.0.1.1")
        clear = Clear(password) if isinstance(password, str) else password
        outcome = self.desk.login(Attempt(client, name, device, clear, now))
        if isinstance(outcome, Unproved):
            self.hashed += 1
            right = passwords.verify_octets(outcome.claim.password_hash, outcome.claim.password)
            outcome = self.desk.settle(outcome, right=right, now=now)
        with bulk.transaction(self.database.engine) as db:
            login_store.apply(db, [record_of(outcome)])
        return outcome

    def change(self, what: str, **more: Any) -> None:
        with self.database.write() as db:
            getattr(accounts, what)(db, db.get_one(Account, self.number), **more, now=NOW)
        self.directory.refresh(NOW)

    def set_plan(self, **limits: int) -> None:
        with self.database.write() as db:
            for name, value in limits.items():
                setattr(db.get_one(ServicePlan, 1), name, value)
        self.directory.refresh(NOW)

    def account(self, *reports: Report) -> None:
        with bulk.transaction(self.database.engine) as db:
            applied = accounting_store.apply(db, reports, NOW)
        for state in applied.states.values():
            assert state.subject is not None
            self.directory.ledger.put(state.subject, state.stay())


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def reason(outcome: Outcome) -> Reason | None:
    return outcome.decision.reason if isinstance(outcome.decision, Refuse) else None


def test_an_account_gets_the_limits_of_its_plan_until_it_is_over(house: House) -> None:
    house.set_plan(session_seconds=3600, rate_down_bps=10_000_000)
    outcome = house.login("Anna@Example.org")
    assert isinstance(outcome.decision, Accept)
    assert outcome.method is Method.ACCOUNT
    assert outcome.decision.limits.session_seconds == 3600
    assert outcome.session_class is not None
    assert outcome.session_class.subject == Subject(SubjectKind.RESIDENT, str(house.number))
    at_the_end = NOW + timedelta(days=365) - timedelta(seconds=10)
    last = house.login(now=at_the_end)
    assert isinstance(last.decision, Accept)
    assert last.decision.limits.session_seconds == 10
    assert reason(house.login(now=at_the_end + timedelta(seconds=10))) is Reason.ACCOUNT_EXPIRED
    house.change("extend", expires_at=NOW + timedelta(days=700), extended_by="a clerk")
    assert reason(house.login(now=at_the_end + timedelta(seconds=20))) is None


def test_the_password_is_hashed_once_and_again_after_a_restart(house: House) -> None:
    assert [reason(house.login(device=device)) for device in (PHONE, LAPTOP, PHONE)] == [None] * 3
    assert house.hashed == 1
    house.restart()
    assert reason(house.login()) is None
    assert house.hashed == 2


def test_what_is_used_counts_for_the_person_on_all_devices(house: House) -> None:
    house.set_plan(daily_octets=1000, devices_at_once=2)
    first = house.login()
    assert first.session_class is not None
    assert first.session_class.limit_octets == 1000
    assert reason(house.login(device=LAPTOP)) is Reason.HELD_BY_ANOTHER_DEVICE, "the phone was given all of it"
    stop = {"acct_session_id": "1", "device": PHONE, "session_seconds": 60, "octets_down": 400}
    at = NOW + timedelta(seconds=60)
    house.account(Report(Status.STOP, 1, at, grant=first.session_class, **stop))
    second = house.login(device=LAPTOP, now=at)
    assert second.session_class is not None
    assert second.session_class.limit_octets == 600


def test_only_so_many_devices_are_online_at_once(house: House) -> None:
    house.set_plan(devices_at_once=1)
    assert reason(house.login()) is None
    assert reason(house.login(device=LAPTOP)) is Reason.TOO_MANY_DEVICES
    assert reason(house.login()) is None, "the same device may always come back"


def test_what_proves_nothing_is_refused_without_a_hash(house: House) -> None:
    assert reason(house.login(password=Chap())) is Reason.CHAP_NEEDS_CLEARTEXT_PASSWORD
    assert reason(house.login("nobody@example.org", Chap())) is Reason.CHAP_NEEDS_CLEARTEXT_PASSWORD
    assert reason(house.login(password="")) is Reason.WRONG_PASSWORD
    assert house.login("two words").method is Method.UNKNOWN
    assert house.hashed == 0


def test_a_wrong_password_and_an_unknown_name_look_the_same(house: House) -> None:
    wrong, unknown = house.login(password="guessed"), house.login("nobody@example.org", "guessed")
    assert (
        (reason(wrong), wrong.method)
        == (reason(unknown), unknown.method)
        == (Reason.WRONG_PASSWORD, Method.ACCOUNT)
    )
    assert house.hashed == 2
    house.change("delete", deleted_by="a clerk")
    assert reason(house.login()) is Reason.UNKNOWN_USER
    assert house.hashed == 2, "where nobody has an account nothing is given away"


def test_a_block_holds_for_tickets_and_remembered_devices_too(house: House) -> None:
    subject = Subject(SubjectKind.RESIDENT, str(house.number))
    remembered = {"subject_kind": "resident", "subject_key": str(house.number), "plan_id": 1, "access_point_id": 1}
    with house.database.write() as db:
        until = {"terms_version": 1, "granted_at": NOW, "expires_at": NOW + timedelta(days=30)}
        db.add(DeviceGrant(device=LAPTOP, **remembered, **until))
    house.directory.refresh(NOW)
    reasons = {
        "block": (Reason.ACCOUNT_BLOCKED,) * 3,
        "unblock": (None,) * 3,
        "delete": (Reason.UNKNOWN_USER, Reason.UNKNOWN_USER, Reason.DEVICE_NOT_REMEMBERED),
    }
    for what, expected in reasons.items():
        by = {"block": "blocked_by", "unblock": "unblocked_by", "delete": "deleted_by"}[what]
        house.change(what, **{by: "a clerk"})
        ticket, password = TICKETS.issue(subject, 1, 1, PHONE, 1, NOW)
        answers = house.login(), house.login(ticket, password), house.login(LAPTOP, "", LAPTOP)
        assert tuple(reason(each) for each in answers) == expected


def test_a_password_that_changes_while_it_is_hashed_proves_nothing(house: House) -> None:
    (client,) = house.directory.clients.at("127.0.1.1")
    asked = house.desk.login(Attempt(client, NAME, PHONE, Clear(PASSWORD), NOW))
    assert isinstance(asked, Unproved)
    assert not house.desk.is_outdated(asked)
    house.change("set_password", password_hash=accounts.hashed(NAME, SecretStr("another phrase")), set_by="a clerk")
    assert house.desk.is_outdated(asked)
    assert reason(house.desk.settle(asked, right=True, now=NOW)) is Reason.WRONG_PASSWORD
    assert reason(house.login()) is Reason.WRONG_PASSWORD
    assert reason(house.login(password="another phrase")) is None


def test_a_name_that_is_given_to_somebody_else_is_theirs(house: House) -> None:
    assert reason(house.login()) is None
    with house.database.write() as db:
        accounts.delete(db, db.get_one(Account, house.number), deleted_by="a clerk", now=NOW)
    second = add(house.database, NAME, password_hash=accounts.hashed(NAME, SecretStr("another phrase")))
    house.directory.refresh(NOW)
    assert reason(house.login()) is Reason.WRONG_PASSWORD
    outcome = house.login(password="another phrase")
    assert outcome.session_class is not None
    assert outcome.session_class.subject.key == str(second)


def test_no_secret_and_no_name_is_shown_or_written_down(house: House) -> None:
    (client,) = house.directory.clients.at("127.0.1.1")
    asked = house.desk.login(Attempt(client, NAME, PHONE, Clear(PASSWORD), NOW))
    shown = repr(asked) + repr(house.directory.accounts) + repr(house.login())
    for secret in (PASSWORD, "argon2id"):
        assert secret not in shown
    with house.database.read() as db:
        decision = db.get_one(LoginDecision, 1)
        assert (decision.method, decision.user_name, decision.plan_id) == ("account", None, 1)
