"""Reading what was announced: nothing is missed that commits late, nothing undone that is newer in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert

from hotspots.accounting import Report, Status
from hotspots.accounting_store import apply
from hotspots.bulk import transaction
from hotspots.database import Database
from hotspots.directory import Directory
from hotspots.models import Change, DeviceGrant, UsedTicket
from hotspots.policy import Subject, SubjectKind
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
