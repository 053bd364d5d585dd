"""Grants that other workers have set aside, in the order in which word of them may come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hotspots.plans import Plan
from hotspots.policy import Limits, Subject, SubjectKind
from hotspots.sessions.ledger import Ledger, reservation
from hotspots.sessions.stay import Stay

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOMEBODY = Subject(SubjectKind.VOUCHER, "1")
PHONE, OTHER = "02:11:22:33:44:55", "02:11:22:33:44:66"
PLAN = Plan("x", "x", daily_octets=1000)


def told(at: datetime, octets: int = 1000, device: str = PHONE) -> Stay:
    return reservation(device, None, octets, at)


def heard(at: datetime, *, ended: bool = False, octets: int = 0) -> Stay:
    return Stay("s1", PHONE, NOW, at, ended, 0, octets, None, 1000)


def set_aside(ledger: Ledger) -> list[int]:
    return [session.octets_reserved for session in ledger.usage(SOMEBODY, PLAN, NOW)[1]]


def test_what_another_worker_granted_is_set_aside_here() -> None:
    ledger = Ledger()
    ledger.put(SOMEBODY, told(NOW))
    assert set_aside(ledger) == [1000]


def test_a_grant_that_is_told_after_its_start_counts_once() -> None:
    ledger = Ledger()
    ledger.put(SOMEBODY, heard(NOW + timedelta(seconds=1), octets=200))
    ledger.put(SOMEBODY, told(NOW))
    assert set_aside(ledger) == [800]


def test_a_grant_that_is_told_after_its_session_has_ended_is_over() -> None:
    ledger = Ledger()
    ledger.put(SOMEBODY, heard(NOW + timedelta(seconds=1), ended=True))
    ledger.put(SOMEBODY, told(NOW))
    assert set_aside(ledger) == []


def test_a_device_that_comes_back_has_its_new_grant_set_aside() -> None:
    ledger = Ledger()
    ledger.put(SOMEBODY, heard(NOW - timedelta(seconds=30), ended=True))
    ledger.put(SOMEBODY, told(NOW, 300))
    assert set_aside(ledger) == [300]


def test_the_later_of_two_grants_to_a_device_stays_in_whatever_order_they_are_told() -> None:
    ledger = Ledger()
    ledger.reserve(SOMEBODY, PHONE, Limits(total_octets=500), NOW)
    ledger.put(SOMEBODY, told(NOW - timedelta(seconds=1), 1000))
    assert set_aside(ledger) == [500]


def test_each_device_has_its_own() -> None:
    ledger = Ledger()
    ledger.put(SOMEBODY, told(NOW, 300))
    ledger.put(SOMEBODY, told(NOW, 400, OTHER))
    assert sorted(set_aside(ledger)) == [300, 400]
