"""A former secret goes by itself, once the access point has the new one for long enough."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr

from hotspots.access_points import secret_change
from hotspots.access_points.sightings import Sighting, write
from hotspots.database import Database
from hotspots.jobs.former_secrets import drop_former_secrets
from tests.hotspots.places import NOW, add_network

WEEK = timedelta(days=7)


def test_it_goes_after_a_week_without_use_and_never_before_the_new_one_was_used(database: Database) -> None:
    with database.write() as db:
        point = add_network(db, database.vault)
        secret_change.change(
            db, database.vault, point.name, SecretStr("another"), at_once=False, actor="anna", now=NOW
        )
    assert drop_former_secrets(database, NOW + timedelta(days=100), WEEK) == 0, "the device still has it"

    with database.write() as db:
        write(db, [Sighting(1, former_secret_used=True)], NOW + timedelta(days=1))
        write(db, [Sighting(1, secret_used=True)], NOW + timedelta(days=2))

    assert drop_former_secrets(database, NOW + timedelta(days=7, hours=23), WEEK) == 0
    assert drop_former_secrets(database, NOW + timedelta(days=8), WEEK) == 1
    with database.read() as db:
        assert secret_change.under_way(db) == []
