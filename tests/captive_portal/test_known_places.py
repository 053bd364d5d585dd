"""The copy of places and pages: every change shows at once, and where nothing changed little is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from captive_portal import known_places
from captive_portal.known_places import KnownPlaces, Places
from hotspots.database import Database
from hotspots.models import AccessPoint, Authority, Change, CoatOfArms, Hotspot, ServicePlan
from tests.captive_portal.network import NOW
from tests.hotspots.plans.watch import watching

NAS = "belzyce-urzad-1"


def seen(places: Places) -> tuple[object, ...]:
    place, page = places.find(NAS), places.page_of("belzyce")
    found = None if place is None else (place.hotspot, place.controller.name, place.plan.daily_seconds)
    assert page is not None
    return found, page.entry.colour, page.arms


def remove(db: Session) -> None:
    db.scalars(select(AccessPoint)).one().removed_at = NOW


def rename(db: Session) -> None:
    db.scalars(select(Hotspot)).one().name = "Biblioteka"


def replan(db: Session) -> None:
    db.scalars(select(ServicePlan)).one().daily_seconds = 60


def repaint(db: Session) -> None:
    db.scalars(select(Authority).where(Authority.slug == "belzyce")).one().page = {"colour": "#004400"}


def give_arms(db: Session) -> None:
    gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
    db.add(CoatOfArms(authority_id=gmina.id, png=b"picture"))


@pytest.mark.parametrize("change", [remove, rename, replan, repaint, give_arms])
def test_a_change_shows_at_once(network: Database, change: Callable[[Session], None]) -> None:
    known = KnownPlaces(network)
    before = seen(known.now())
    with network.write() as db:
        change(db)
    after = seen(known.now())
    assert after != before
    assert after == seen(KnownPlaces(network).now())


def test_without_a_change_one_small_question_is_asked(network: Database) -> None:
    known = KnownPlaces(network)
    known.now()
    with watching() as watch:
        copy = known.now()
    assert [each for each in watch.statements if "SELECT" in each] == ["SELECT max(id) FROM changes"]
    with network.write() as db:
        db.execute(insert(Change), [{"topic": "grants", "key": "02:00:00:00:00:01", "at": NOW}])
    assert known.now() is copy, "what is announced of others is no reason to read"


def test_a_secret_that_cannot_be_opened_is_the_trouble_of_its_access_point_alone(
    network: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with network.write() as db:
        db.scalars(select(AccessPoint)).one().sealed_uam_secret = b"damaged"
    places = KnownPlaces(network).now()
    assert places.find(NAS) is None
    assert places.page_of("belzyce") is not None
    assert f"access point {NAS} is left out" in caplog.text


def announce(db: Session, number: int, topic: str) -> None:
    db.execute(insert(Change), [{"id": number, "topic": topic, "key": "1", "at": NOW}])


def test_a_change_that_is_committed_late_shows_within_a_second(
    network: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with network.write() as db:
        announce(db, 150, "grants")
    known = KnownPlaces(network)
    known.now()
    with network.write() as db:
        rename(db)
        db.flush()
        db.execute(delete(Change).where(Change.topic == "access_points"))
        announce(db, 149, "access_points")
    monkeypatch.setattr(known_places, "_LATE_SECONDS", 0.0)
    place = known.now().find(NAS)
    assert place is not None
    assert place.hotspot == "Biblioteka"
