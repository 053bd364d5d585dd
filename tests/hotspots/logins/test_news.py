"""Reading what was announced: nothing is missed that commits late, nothing undone that is newer in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select

from hotspots.bulk import transaction
from hotspots.database import Database
from hotspots.logins.directory import Directory
from hotspots.models import (
    Change,
    DeviceGrant,
    Hotspot,
    ServicePlan,
    Session,
    UsedTicket,
    Voucher,
    VoucherBatch,
)
from hotspots.policy import Subject, SubjectKind
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.accounting_store import apply
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def remember(database: Database, number: int, device: str) -> None:
    """A remembered device whose notice has this number, as commits that end in another order leave them."""
    with database.write() as db:
        grant = DeviceGrant(
            device=device,
            plan_id=1,
            subject_kind="device",
            subject_key=device,
            access_point_id=1,
            terms_version=1,
            granted_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
        db.add(grant)
        db.flush()
        db.execute(delete(Change).where(Change.topic == "grants", Change.key == device))
        db.execute(insert(Change), [{"id": number, "topic": "grants", "key": device, "at": NOW}])


def opened(database: Database) -> Directory:
    directory = Directory(database)
    directory.load(NOW)
    return directory


@pytest.mark.parametrize("order", [(100, 101, 102), (102, 101, 100), (101, 150, 100)])
def test_a_notice_that_was_committed_late_is_not_missed(network: Database, order: Iterable[int]) -> None:
    directory = opened(network)
    for number in order:
        remember(network, number, f"device {number}")
        assert directory.refresh(NOW)
    assert set(directory.grants) == {f"device {number}" for number in order}
    assert not directory.refresh(NOW)


def test_a_notice_that_is_committed_after_a_start_and_has_a_lower_number_is_not_missed(network: Database) -> None:
    remember(network, 120, "early")
    directory = opened(network)
    remember(network, 110, "late")
    directory.refresh(NOW)
    assert set(directory.grants) == {"early", "late"}


def test_a_device_that_was_forgotten_is_forgotten_here_too(network: Database) -> None:
    remember(network, 100, "phone")
    directory = opened(network)
    directory.refresh(NOW)
    with network.write() as db:
        db.delete(db.get_one(DeviceGrant, "phone"))
    assert directory.refresh(NOW)
    assert directory.grants == {}


def test_what_was_written_unheard_is_read_when_word_of_it_was_missed(network: Database) -> None:
    directory = opened(network)
    now = NOW + timedelta(hours=1)
    with network.write() as db:
        db.add(UsedTicket(nonce="abc", expires_at=now + timedelta(minutes=2)))
    with transaction(network.engine) as db:
        apply(db, [Report(Status.START, 1, now, acct_session_id="s1", device="02:11:22:33:44:55")], now)
    directory.refresh(now)
    assert directory.used_tickets == {}
    directory.missed_news = True
    assert directory.refresh(now)
    assert "abc" in directory.used_tickets
    (stay,) = directory.ledger.stays(Subject(SubjectKind.DEVICE, "02:11:22:33:44:55"), now)
    assert stay.device == "02:11:22:33:44:55"


def _stay(network: Database, number: int, began: datetime, **named: object) -> None:
    """A session of ten minutes that a device of its own had, unless it is named otherwise."""
    given: dict[str, object] = {"subject_kind": "device", "subject_key": f"phone {number}"} | named
    with network.write() as db:
        db.add(
            Session(
                key=f"s{number}", access_point_id=1, acct_session_id=f"s{number}", device=f"phone {number}",
                started_at=began, updated_at=began, stopped_at=began + timedelta(minutes=10),
                session_seconds=600, changed_at=began, **given,
            )
        )  # fmt: skip


def _known(directory: Directory, *subjects: Subject) -> list[int]:
    return [len(directory.ledger.stays(subject, NOW)) for subject in subjects]


def test_what_decides_nothing_is_not_kept_in_memory(network: Database) -> None:
    today, this_month = NOW - timedelta(hours=2), NOW - timedelta(days=9)
    _stay(network, 1, today)
    _stay(network, 2, this_month)
    _stay(network, 3, this_month, subject_kind="resident", subject_key="7")
    directory = opened(network)
    phones = Subject(SubjectKind.DEVICE, "phone 1"), Subject(SubjectKind.DEVICE, "phone 2")
    assert _known(directory, *phones, Subject(SubjectKind.RESIDENT, "7")) == [1, 0, 1]


def test_a_plan_that_counts_months_brings_the_month_back_as_soon_as_it_is_in_use(network: Database) -> None:
    _stay(network, 1, NOW - timedelta(days=9))
    phone = Subject(SubjectKind.DEVICE, "phone 1")
    with network.write() as db:
        db.add(ServicePlan(slug="uke-2011", name="By the month", monthly_octets=750_000_000))
    directory = opened(network)
    assert _known(directory, phone) == [0]
    with network.write() as db:
        db.scalars(select(Hotspot)).one().plan = db.scalars(select(ServicePlan).filter_by(slug="uke-2011")).one()
    directory.refresh(NOW)
    assert _known(directory, phone) == [1]
    assert _known(opened(network), phone) == [1]


def test_other_rules_for_a_batch_are_told_of_each_of_its_vouchers(network: Database) -> None:
    until = NOW + timedelta(days=80)
    given = {"plan_id": 1, "authority_id": 1, "created_at": NOW, "created_by": "anna", "expires_at": until}
    with network.write() as db:
        for codes in ((1, 2), (3, 4)):
            batch = VoucherBatch(**given, total_octets=5000)
            batch.vouchers = [Voucher(code_digest=bytes([code]), sealed_code=b"") for code in codes]
            db.add(batch)
    directory = opened(network)
    directory.refresh(NOW)
    with network.write() as db:
        db.get_one(VoucherBatch, 2).total_octets = 9000
    assert directory.refresh(NOW)
    assert {number: each.total_octets for number, each in directory.vouchers.items()} == {
        **dict.fromkeys((1, 2), 5000),
        **dict.fromkeys((3, 4), 9000),
    }


def test_a_voucher_with_a_budget_is_counted_over_its_whole_life(network: Database) -> None:
    long_ago, until = NOW - timedelta(days=80), NOW + timedelta(days=80)
    for number, budget in ((1, 3600), (2, None)):
        given = {"plan_id": 1, "authority_id": 1, "created_at": long_ago, "created_by": "anna", "expires_at": until}
        with network.write() as db:
            batch = VoucherBatch(**given, total_seconds=budget)
            batch.vouchers = [Voucher(code_digest=bytes([number]), sealed_code=b"", first_used_at=long_ago)]
            db.add(batch)
        _stay(network, number, long_ago, subject_kind="voucher", subject_key=str(number))
    vouchers = [Subject(SubjectKind.VOUCHER, str(number)) for number in (1, 2)]
    directory = opened(network)
    assert _known(directory, *vouchers) == [1, 0]
    # The day after, too, when what is over is let go.
    assert len(directory.ledger.stays(vouchers[0], NOW + timedelta(days=1))) == 1
