"""Logins decided from memory, written down, and true again after a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from hotspots import bulk, vouchers
from hotspots.database import Database
from hotspots.logins import login_store
from hotspots.logins.admission import Admission, Admitted
from hotspots.logins.directory import Directory
from hotspots.logins.login import Attempt, LoginDesk, Method, Outcome
from hotspots.logins.login_records import record_of
from hotspots.logins.tickets import TicketDesk
from hotspots.models import Authority, Kiosk, LoginDecision, ServicePlan, Voucher
from hotspots.policy import Accept, Reason, Refuse, SubjectKind
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import Report, Status
from tests.hotspots.places import add_library, add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"
OTHER = "02:11:22:33:44:66"
TICKETS = TicketDesk(b"tickets" * 5)
VOUCHER_KEY = b"vouchers" * 4


class Clear:
    """A password in clear, as PAP brings it."""

    def __init__(self, value: str) -> None:
        self.value = value

    def matches(self, *candidates: str) -> bool:
        return self.value in candidates

    @property
    def clear(self) -> bytes:
        return self.value.encode()


class House:
    """A database, and a RADIUS worker's memory of it that can be restarted."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.admission = Admission(database, TICKETS, VOUCHER_KEY)
        self.restart()

    def restart(self) -> None:
        self.directory = Directory(self.database)
        self.directory.load(NOW)
        self.desk = LoginDesk(self.directory, TICKETS, VOUCHER_KEY)

    def login(self, user_name: str, password: str, device: str = PHONE, now: datetime = NOW) -> Outcome:
        (client,) = self.directory.clients.at("127.0.1.1")
        outcome = self.desk.login(Attempt(client, user_name, device, Clear(password), now))
        assert isinstance(outcome, Outcome)
        with bulk.transaction(self.database.engine) as db:
            login_store.apply(db, [record_of(outcome)])
        return outcome

    def tap(self, now: datetime = NOW) -> Admitted:
        admitted = self.admission.by_tap(1, PHONE, 3, now)
        assert isinstance(admitted, Admitted)
        return admitted

    def account(self, *reports: Report) -> None:
        with bulk.transaction(self.database.engine) as db:
            applied = accounting_store.apply(db, reports, NOW)
        for state in applied.states.values():
            assert state.subject is not None
            self.directory.ledger.put(state.subject, state.stay())

    def voucher(self, **rules: int) -> str:
        with self.database.write() as db:
            (code,) = vouchers.create_batch(
                db,
                self.database.vault,
                VOUCHER_KEY,
                plan=db.get_one(ServicePlan, 1),
                authority=db.get_one(Authority, 1),
                count=1,
                created_by="a test",
                now=NOW,
                expires_at=NOW + timedelta(days=30),
                **rules,
            )
        return code


@pytest.fixture
def house(database: Database) -> House:
    with database.write() as db:
        add_network(db, database.vault)
        plan = db.get_one(ServicePlan, 1)
        plan.session_seconds, plan.remember_seconds = 3600, 86_400
    return House(database)


def reason(outcome: Outcome) -> Reason | None:
    return outcome.decision.reason if isinstance(outcome.decision, Refuse) else None


def test_a_ticket_lets_in_once_and_the_device_is_remembered(house: House) -> None:
    ticket = house.tap()
    accepted = house.login(ticket.user_name, ticket.password)
    assert isinstance(accepted.decision, Accept)
    assert accepted.decision.limits.session_seconds == 3600
    assert reason(house.login(ticket.user_name, ticket.password)) is Reason.TICKET_USED
    again = house.login(PHONE.replace(":", "-").upper(), "")
    assert (again.method, reason(again)) == (Method.DEVICE, None)
    rules = [check.rule for check in again.decision.checks]
    assert rules == ["random_address", "credential", "session_time"], "those of the address stand before the plan's"


def test_what_a_login_changed_survives_a_restart(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    house.restart()
    assert reason(house.login(ticket.user_name, ticket.password)) is Reason.TICKET_USED
    assert reason(house.login(PHONE, "")) is None


def test_a_ticket_is_refused_where_it_does_not_belong(house: House) -> None:
    ticket = house.tap()
    assert reason(house.login(ticket.user_name, ticket.password, OTHER)) is Reason.TICKET_OTHER_DEVICE
    assert reason(house.login(ticket.user_name, "guessed")) is Reason.TICKET_FORGED
    late = NOW + timedelta(minutes=3)
    assert reason(house.login(ticket.user_name, ticket.password, now=late)) is Reason.TICKET_EXPIRED


def test_a_device_that_is_not_remembered_gets_the_portal(house: House) -> None:
    assert reason(house.login(PHONE, PHONE)) is Reason.DEVICE_NOT_REMEMBERED


def test_nobody_comes_in_by_typing_a_neighbours_address(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    assert reason(house.login(PHONE, PHONE, device=OTHER)) is Reason.UNKNOWN_USER


def test_a_remembered_device_is_forgotten_in_time(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    tomorrow = NOW + timedelta(days=1)
    assert reason(house.login(PHONE, "", now=tomorrow)) is Reason.DEVICE_NOT_REMEMBERED


def test_a_voucher_is_name_and_password_both_in_any_writing(house: House) -> None:
    code = house.voucher()
    house.directory.refresh(NOW)
    written = vouchers.grouped(code).lower()
    for user_name, password in ((code, code), (written, written), (written, code), (code, "")):
        assert reason(house.login(user_name, password)) is None
    assert reason(house.login(code, "something else")) is Reason.WRONG_PASSWORD
    with house.database.read() as db:
        assert db.get_one(Voucher, 1).first_used_at == NOW


def test_a_voucher_runs_out_by_time_and_by_octets(house: House) -> None:
    code = house.voucher(lifetime_seconds=7200, total_octets=1000)
    house.directory.refresh(NOW)
    outcome = house.login(code, code)
    assert outcome.session_class is not None
    assert outcome.session_class.limit_octets == 1000
    stop = Report(
        Status.STOP,
        1,
        NOW + timedelta(seconds=60),
        acct_session_id="1",
        device=PHONE,
        session_seconds=60,
        octets_down=1000,
        grant=outcome.session_class,
    )
    house.account(stop)
    assert reason(house.login(code, code)) is Reason.VOUCHER_USED_UP
    house.restart()
    assert reason(house.login(code, code)) is Reason.VOUCHER_USED_UP
    assert reason(house.login(code, code, now=NOW + timedelta(hours=3))) is Reason.VOUCHER_EXPIRED


def test_a_voucher_that_is_revoked_meanwhile_is_refused(house: House) -> None:
    code = house.voucher()
    house.directory.refresh(NOW)
    with house.database.write() as db:
        vouchers.revoke(db, db.get_one(Voucher, 1), revoked_by="a clerk", now=NOW)
    assert reason(house.login(code, code)) is None
    house.directory.refresh(NOW)
    assert reason(house.login(code, code)) is Reason.VOUCHER_REVOKED


def test_a_kiosk_is_known_by_its_address(house: House) -> None:
    with house.database.write() as db:
        db.add(Kiosk(slug="k1", name="Infomat", hotspot_id=1, plan_id=1, device=OTHER))
    house.directory.refresh(NOW)
    outcome = house.login(OTHER, OTHER, device=OTHER)
    assert (outcome.method, reason(outcome)) == (Method.KIOSK, None)


def test_a_kiosk_is_none_at_another_hotspot(house: House) -> None:
    with house.database.write() as db:
        db.add(Kiosk(slug="k1", name="Infomat", hotspot=add_library(db), plan_id=1, device=OTHER))
    house.directory.refresh(NOW)
    outcome = house.login(OTHER, OTHER, device=OTHER)
    assert (outcome.method, reason(outcome)) == (Method.DEVICE, Reason.DEVICE_NOT_REMEMBERED)

    with house.database.write() as db:
        db.scalars(select(Kiosk)).one().hotspot_id = 1  # somebody carried it here, and said so
    house.directory.refresh(NOW)
    assert house.login(OTHER, OTHER, device=OTHER).method is Method.KIOSK


def test_the_pause_is_kept_at_both_doors_and_after_a_restart(house: House) -> None:
    with house.database.write() as db:
        plan = db.get_one(ServicePlan, 1)
        plan.session_seconds, plan.pause_seconds = 600, 900
    house.directory.refresh(NOW)
    ticket = house.tap()
    outcome = house.login(ticket.user_name, ticket.password)
    stop = Report(
        Status.STOP,
        1,
        NOW + timedelta(seconds=600),
        acct_session_id="1",
        device=PHONE,
        session_seconds=600,
        grant=outcome.session_class,
    )
    house.account(stop)
    soon = NOW + timedelta(seconds=700)
    for _ in range(2):
        refused = house.login(PHONE, "", now=soon)
        assert reason(refused) is Reason.PAUSE_NOT_OVER
        at_the_portal = house.admission.by_tap(1, PHONE, 3, soon)
        assert isinstance(at_the_portal, Refuse)
        assert at_the_portal.retry_at == NOW + timedelta(seconds=1500)
        house.restart()
    assert isinstance(house.admission.by_tap(1, PHONE, 3, NOW + timedelta(seconds=1500)), Admitted)


def test_every_decision_is_written_down_with_its_checks_and_without_secrets(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    house.login("nobody", "nothing")
    with house.database.read() as db:
        accepted, refused = db.scalars(select(LoginDecision).order_by(LoginDecision.id))
    assert (accepted.reason, accepted.method) == (None, "ticket")
    assert {check["rule"] for check in accepted.checks} == {"credential", "session_time"}
    assert (refused.reason, refused.user_name) == ("unknown_user", None)


def test_what_another_device_was_just_granted_is_not_given_twice(house: House) -> None:
    code = house.voucher()
    with house.database.write() as db:
        db.get_one(ServicePlan, 1).daily_octets = 1000
    house.directory.refresh(NOW)
    first = house.login(code, code)
    second = house.login(code, code, device=OTHER)
    assert first.session_class is not None
    assert first.session_class.limit_octets == 1000
    assert reason(second) is Reason.HELD_BY_ANOTHER_DEVICE
    forgotten = house.login(code, code, device=OTHER, now=NOW + timedelta(minutes=3))
    assert reason(forgotten) is None, "a grant that no session followed is set aside for two minutes"


@pytest.mark.parametrize(
    "budget", [{"total_octets": 1000}, {"total_seconds": 600}], ids=lambda rules: next(iter(rules))
)
def test_what_a_voucher_has_left_is_not_given_to_two_devices(house: House, budget: dict[str, int]) -> None:
    code = house.voucher(**budget)
    house.directory.refresh(NOW)
    first = house.login(code, code)
    assert reason(house.login(code, code, device=OTHER)) is Reason.HELD_BY_ANOTHER_DEVICE
    began = replace(report(Status.START, first), at=NOW - timedelta(seconds=400))
    house.account(began, report(Status.INTERIM, first, 400))
    assert reason(house.login(code, code, device=OTHER)) is Reason.HELD_BY_ANOTHER_DEVICE, (
        "the rest is still set aside"
    )
    assert reason(house.login(code, code)) is None, "the same device may always come back"
    house.account(report(Status.STOP, first, 400))
    second = house.login(code, code, device=OTHER, now=NOW + timedelta(minutes=3))
    assert second.session_class is not None
    granted = second.session_class
    assert (granted.limit_octets, granted.limit_seconds) in ((600, 3600), (None, 200))


def test_the_portal_sets_aside_what_a_vouchers_other_device_may_still_use(house: House) -> None:
    code = house.voucher(total_octets=1000)
    house.directory.refresh(NOW)
    first = house.login(code, code)
    house.account(report(Status.START, first))
    refused = house.admission.by_voucher(1, OTHER, code, 3, NOW)
    assert isinstance(refused, Refuse)
    assert refused.reason is Reason.HELD_BY_ANOTHER_DEVICE
    assert isinstance(house.admission.by_voucher(1, PHONE, code, 3, NOW), Admitted)


def report(status: Status, login: Outcome, used: int = 0) -> Report:
    return Report(
        status, 1, NOW, acct_session_id="s1", device=PHONE, session_seconds=used, octets_up=used,
        grant=login.session_class,
    )  # fmt: skip


def test_only_a_grant_that_leaves_less_for_another_device_is_told_to_the_others(house: House) -> None:
    code, unlimited = house.voucher(total_octets=1000), house.voucher()
    ticket = house.tap()
    house.directory.refresh(NOW)
    assert record_of(house.login(ticket.user_name, ticket.password)).reserved is None
    told = record_of(house.login(code, code)).reserved
    assert told is not None
    subject, stay = told
    assert (subject.kind, stay.device, stay.pending, stay.limit_seconds) == (SubjectKind.VOUCHER, PHONE, True, 3600)
    assert record_of(house.login(unlimited, unlimited)).reserved is None
    assert record_of(house.login("nobody", "nothing")).reserved is None


def test_a_refused_voucher_is_written_down_with_its_number(house: House) -> None:
    code = house.voucher(total_octets=1000)
    house.directory.refresh(NOW)
    house.login(code, code)
    house.login(code, code, device=OTHER)
    with house.database.read() as db:
        first, second = db.scalars(select(LoginDecision).order_by(LoginDecision.id))
    assert (first.voucher_id, second.voucher_id) == (None, 1), "of who was let in, the session tells it"
