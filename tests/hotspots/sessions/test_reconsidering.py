"""What a session that is open may have after its plan or its owner's limits were changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots import bulk
from hotspots.database import Database
from hotspots.logins.directory import Directory
from hotspots.logins.login import LoginDesk
from hotspots.logins.tickets import TicketDesk
from hotspots.models import Account, DeviceGrant, Hotspot, Kiosk, ServicePlan, SessionCommand, Voucher, VoucherBatch
from hotspots.policy import Subject, SubjectKind
from hotspots.sessions import accounting_store
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.class_attribute import SessionClass
from hotspots.sessions.reconsidering import Reconsidering, Regrant
from tests.hotspots.places import add_library, add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=1000)
PHONE, OTHER = "02:11:22:33:44:55", "02:11:22:33:44:66"
OWN_DEVICE = Subject(SubjectKind.DEVICE, PHONE)


class Town:
    """A database with one plan, somebody online for 1000 s, and a worker's memory of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as db:
            place = add_network(db, database.vault)
            authority, plan = place.hotspot.authority_id, place.hotspot.plan_id
            until = NOW + timedelta(days=1)
            given = {"plan_id": plan, "authority_id": authority, "created_at": BEGAN, "created_by": "a test"}
            batch = VoucherBatch(**given, expires_at=until, total_octets=5000)
            used = {"sealed_code": b"", "first_used_at": BEGAN}
            batch.vouchers = [Voucher(code_digest=b"one", **used), Voucher(code_digest=b"two", **used)]
            account = Account(name="somebody", password_hash="x", expires_at=until, **given)
            db.add_all([batch, account, Kiosk(slug="k", name="k", hotspot_id=1, plan_id=plan, device=OTHER)])

    def set_plan(self, **limits: int | None) -> None:
        with self.database.write() as db:
            plan = db.get_one(ServicePlan, 1)
            for name, value in limits.items():
                setattr(plan, name, value)

    def online(
        self, subject: Subject = OWN_DEVICE, name: str = "s1", device: str = PHONE, octets: int = 700
    ) -> None:
        """A session whose last report was 100 s ago."""
        grant = SessionClass(name.encode().hex().rjust(24, "0"), subject, 1, 3600, 2000)
        at = NOW - timedelta(seconds=100)
        told = Report(
            Status.INTERIM, 1, at, acct_session_id=name, device=device, session_seconds=900, octets_up=octets,
            grant=grant,
        )  # fmt: skip
        with bulk.transaction(self.database.engine) as db:
            accounting_store.apply(db, [told], NOW)

    def reconsider(self, key_ends: str = "s1") -> Regrant | None:
        directory = Directory(self.database)
        directory.load(NOW)
        columns = select(*accounting_store.STATE_COLUMNS)
        with self.database.read() as db:
            states = [accounting_store.state_of(row) for row in db.execute(columns)]
        state = next(state for state in states if state.key.endswith(key_ends))
        desk = LoginDesk(directory, TicketDesk(b"tickets" * 5), b"vouchers" * 4)
        return Reconsidering(desk, directory).of(state, directory.clients.by_id[1], NOW)

    def causes(self) -> list[tuple[str, str, int]]:
        with self.database.read() as db:
            found = db.query(SessionCommand).order_by(SessionCommand.id)
            return [(each.kind, each.cause, each.session_id) for each in found]


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def granted(town: Town) -> tuple[int | None, int | None]:
    """Seconds and octets from the beginning of the session."""
    regrant = town.reconsider()
    assert regrant is not None
    return regrant.limits.session_seconds, regrant.limits.total_octets


def test_the_rest_of_a_day_is_counted_from_the_beginning_of_the_session(town: Town) -> None:
    town.online()
    town.set_plan(daily_octets=1500, daily_seconds=7200, session_seconds=3600)
    assert granted(town) == (3600, 1500), "all of it is this session's, and it has used 700 and 1000 s"


def test_what_the_device_used_before_today_counts(town: Town) -> None:
    with bulk.transaction(town.database.engine) as db:
        earlier = Report(
            Status.STOP, 1, NOW - timedelta(hours=1), acct_session_id="s0", device=PHONE, session_seconds=600,
            octets_up=300,
        )  # fmt: skip
        accounting_store.apply(db, [earlier], NOW)
    town.online()
    town.set_plan(daily_octets=1500, daily_seconds=7200)
    assert granted(town) == (6600, 1200)


def test_what_others_used_today_is_not_there_for_it(town: Town) -> None:
    account = Subject(SubjectKind.RESIDENT, "1")
    town.online(account)
    town.online(account, "s2", OTHER, octets=100)
    town.set_plan(daily_octets=4000)
    assert granted(town) == (24 * 3600 + 1000, 2000), "2000 are set aside for the other device"


def test_a_budget_that_is_used_up_by_now_ends_the_session(town: Town) -> None:
    town.online()
    town.set_plan(daily_octets=700)
    assert town.reconsider() is None


def test_the_time_until_now_counts_and_not_until_the_last_report(town: Town) -> None:
    town.online()
    town.set_plan(daily_seconds=1000)
    assert town.reconsider() is None


def test_the_rest_of_a_voucher_counts_from_the_beginning(town: Town) -> None:
    town.online(Subject(SubjectKind.VOUCHER, "1"))
    assert granted(town) == (24 * 3600 + 1000, 5000)
    with town.database.write() as db:
        db.get_one(VoucherBatch, 1).total_octets = 600
    assert town.reconsider() is None


@pytest.mark.parametrize("number", ["1", "99"])
def test_an_account_that_is_over_or_gone_ends_its_session(town: Town, number: str) -> None:
    town.online(Subject(SubjectKind.RESIDENT, number))
    with town.database.write() as db:
        db.get_one(Account, 1).expires_at = NOW
    assert town.reconsider() is None


def test_a_kiosk_has_the_plan_of_the_kiosk(town: Town) -> None:
    town.online(Subject(SubjectKind.KIOSK, "1"), device=OTHER)
    with town.database.write() as db:
        db.add(ServicePlan(id=2, slug="kiosk", name="Kiosk", rate_up_bps=1000))
        db.get_one(Kiosk, 1).plan_id = 2
    regrant = town.reconsider()
    assert regrant is not None
    assert (regrant.plan_id, regrant.limits.rate_up_bps) == (2, 1000)


def test_a_kiosk_that_stands_elsewhere_now_is_ended(town: Town) -> None:
    town.online(Subject(SubjectKind.KIOSK, "1"), device=OTHER)
    with town.database.write() as db:
        db.get_one(Kiosk, 1).hotspot = add_library(db)
    assert town.reconsider() is None


def test_a_blocked_device_is_ended(town: Town) -> None:
    town.online()
    with town.database.write() as db:
        db.add(
            DeviceGrant(
                device=PHONE, plan_id=1, subject_kind="device", subject_key=PHONE, access_point_id=1,
                terms_version=1, granted_at=BEGAN, expires_at=NOW + timedelta(days=1), blocked_at=NOW,
            )
        )  # fmt: skip
    assert town.reconsider() is None


def test_whoever_changes_limits_asks_for_the_change_of_running_sessions(town: Town) -> None:
    town.online()
    town.online(Subject(SubjectKind.VOUCHER, "1"), "s2", OTHER)
    town.online(Subject(SubjectKind.RESIDENT, "1"), "s3", OTHER)
    assert town.causes() == []
    town.set_plan(rate_up_bps=1000)
    assert town.causes() == [("change", "rates_changed", number) for number in (1, 2, 3)]
    with town.database.write() as db:
        db.get_one(VoucherBatch, 1).total_octets = 9000
        db.get_one(Account, 1).expires_at = NOW + timedelta(days=2)
    assert town.causes()[3:] == [("change", "limits_changed", 2), ("change", "limits_changed", 3)]


def test_a_hotspot_that_is_given_another_plan_changes_those_who_count_for_their_device(town: Town) -> None:
    town.online()
    town.online(Subject(SubjectKind.VOUCHER, "1"), "s2", OTHER)
    with town.database.write() as db:
        db.add(ServicePlan(id=2, slug="slow", name="Slow"))
        db.flush()
        db.get_one(Kiosk, 1).hotspot.plan_id = 2
    assert town.causes() == [("change", "rates_changed", 1)]
    regrant = town.reconsider()
    assert regrant is not None
    assert regrant.plan_id == 2


def test_what_changes_no_limit_asks_for_nothing(town: Town) -> None:
    town.online()
    with town.database.write() as db:
        plan = db.get_one(ServicePlan, 1)
        plan.name, plan.remember_seconds = "Another name", 5
        db.get_one(Account, 1).password_hash = "y"
    stop = Report(Status.ON, 1, NOW)
    with bulk.transaction(town.database.engine) as rows:
        accounting_store.apply(rows, [stop], NOW)
    town.set_plan(rate_up_bps=1000)
    assert town.causes() == [], "and who has gone offline is not asked for"


def test_who_fetches_a_code_stays_under_the_plan_for_that(town: Town) -> None:
    town.online()
    with town.database.write() as db:
        place = db.get_one(Hotspot, 1)
        place.grace_plan = place.plan
        place.plan = ServicePlan(slug="whole", name="The whole", session_seconds=7200)
    town.set_plan(session_seconds=3600)
    regrant = town.reconsider()
    assert regrant is not None
    assert (regrant.plan_id, regrant.limits.session_seconds) == (1, 3600)
