"""Grants, tickets and notices whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from hotspots.database import Database
from hotspots.jobs.expired_access import delete_expired_grants, delete_expired_tickets
from hotspots.jobs.old_notices import delete_old_notices
from hotspots.logins.directory import Directory
from hotspots.models import AccessPoint, Change, DeviceGrant, ServicePlan, UsedTicket
from tests.hotspots.places import NOW, add_network

HOUR = timedelta(hours=1)


def a_grant(device: str, access_point: AccessPoint, plan: ServicePlan, expires_at: datetime) -> DeviceGrant:
    return DeviceGrant(
        device=device,
        plan_id=plan.id,
        subject_kind="device",
        subject_key=device,
        access_point_id=access_point.id,
        terms_version=1,
        granted_at=expires_at - HOUR,
        expires_at=expires_at,
    )


def test_expired_grants_go_here_and_in_the_memory_of_workers(database: Database) -> None:
    with database.write() as db:
        access_point = add_network(db, database.vault)
        plan = db.scalars(select(ServicePlan)).one()
        blocked = a_grant("02:00:00:00:00:03", access_point, plan, NOW - HOUR)
        blocked.blocked_at = NOW - 2 * HOUR
        db.add_all(
            [
                a_grant("02:00:00:00:00:01", access_point, plan, NOW - HOUR),
                a_grant("02:00:00:00:00:02", access_point, plan, NOW + HOUR),
                blocked,
            ]
        )
    directory = Directory(database)
    directory.load(NOW)

    assert delete_expired_grants(database, NOW) == 1

    with database.read() as db:
        left = set(db.scalars(select(DeviceGrant.device)))
    directory.refresh(NOW)
    assert left == set(directory.grants) == {"02:00:00:00:00:02", "02:00:00:00:00:03"}


def test_used_tickets_are_remembered_while_clocks_may_differ(database: Database) -> None:
    with database.write() as db:
        db.add(UsedTicket(nonce="long ago", expires_at=NOW - timedelta(minutes=6)))
        db.add(UsedTicket(nonce="just now", expires_at=NOW - timedelta(minutes=4)))

    assert delete_expired_tickets(database, NOW) == 1

    with database.read() as db:
        assert db.scalars(select(UsedTicket.nonce)).all() == ["just now"]


def test_notices_go_after_a_day_and_their_numbers_are_not_used_again(database: Database) -> None:
    with database.write() as db:
        db.add_all(Change(topic="plans", key="1", at=NOW - timedelta(hours=hours)) for hours in (23, 25))

    assert delete_old_notices(database, NOW) == 1

    with database.write() as db:
        db.add(Change(topic="plans", key="2", at=NOW))
    with database.read() as db:
        assert list(db.scalars(select(Change.id).order_by(Change.id))) == [1, 3]
