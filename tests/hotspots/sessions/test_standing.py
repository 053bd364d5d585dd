"""How a device stands, from the sessions that the database knows of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hotspots.database import Database
from hotspots.models import Session
from hotspots.policy import Usage
from hotspots.sessions.standing import State, standing, was_let_in
from tests.hotspots.places import NOW, add_network

PHONE, OTHER = "02:11:22:33:44:55", "02:11:22:33:44:99"
LONG_AGO = NOW - timedelta(days=1)


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def session(database: Database, number: int, hours_ago: int, **fields: Any) -> None:
    """One of the phone that began so long ago, and is reported until now."""
    usual = {
        "device": PHONE,
        "subject_kind": "device",
        "subject_key": PHONE,
        "plan_id": 1,
        "user_name": f"t{number}",
    }
    with database.write() as db:
        db.add(
            Session(
                key=f"k{number}", acct_session_id=f"{number}", access_point_id=1, changed_at=NOW, updated_at=NOW,
                started_at=NOW - timedelta(hours=hours_ago), **usual | fields,
            )
        )  # fmt: skip


def test_an_open_session_counts_before_those_that_began_later(network: Database) -> None:
    session(network, 1, 3, limit_seconds=4 * 3600, octets_up=1, octets_down=2, limit_octets=10)
    session(network, 2, 1, stopped_at=NOW)
    found = standing(network, PHONE, LONG_AGO, NOW)
    assert (found.state, found.hotspot, found.octets) == (State.ONLINE, "Urząd", 3)
    assert (found.seconds_left, found.octets_left) == (3600, 7)


def test_of_those_that_are_over_the_last_one_counts(network: Database) -> None:
    session(network, 1, 3, stopped_at=NOW - timedelta(hours=2), octets_up=1)
    session(network, 2, 1, stopped_at=NOW, octets_up=2)
    found = standing(network, PHONE, LONG_AGO, NOW)
    assert (found.state, found.octets, found.refusal) == (State.OVER, 2, None)


def test_with_a_ticket_only_the_session_that_began_with_it_is_seen(network: Database) -> None:
    session(network, 1, 3)
    session(network, 2, 1)
    assert standing(network, PHONE, LONG_AGO, NOW, "t1").session_id == 1
    unseen = standing(network, PHONE, LONG_AGO, NOW, "t3")
    assert (unseen.state, unseen.session_id, unseen.usage) == (State.UNKNOWN, None, Usage())


def test_a_ticket_proves_the_device_that_was_let_in_with_it(network: Database) -> None:
    session(network, 1, 1)
    assert was_let_in(network, PHONE, "t1")
    assert not was_let_in(network, PHONE, "t2")
    assert not was_let_in(network, OTHER, "t1")
