"""Where there are hotspots and which work now: the list, the map, and that neither reads a table that grows."""

from __future__ import annotations

import math
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from captive_portal.residents.hotspot_map import Point, draw
from captive_portal.residents.quality import sentence
from hotspots.database import Database
from hotspots.models import AccessPoint, AccessPointState, Authority, Hotspot, UsageHour
from hotspots.public_pages.place_quality import PlaceQuality
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.staff.town import add_session
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings


@pytest.mark.parametrize(
    ("silent", "open_session", "sentence"),
    [
        (timedelta(minutes=1), False, "Works now"),
        (timedelta(hours=3), False, "Should work; nobody is online there just now"),
        (timedelta(hours=3), True, "Probably out of order"),
        (timedelta(days=2), False, "Probably out of order"),
        (None, False, "Not in service yet"),
    ],
)
def test_the_list_says_what_was_heard(
    browser: Browser, network: Database, silent: timedelta | None, open_session: bool, sentence: str
) -> None:
    with network.write() as db:
        place = db.scalars(select(AccessPoint)).one()
        place.hotspot.opening_hours = "Mo-Fr 07:30-15:30"
        if silent is not None:
            db.add(AccessPointState(access_point_id=place.id, last_login_at=NOW - silent))
        if open_session:
            add_session(db, place.id, "1", "a2:00:00:00:00:01")
    page = browser.go(f"{BASE}/?lang=en")
    works = int(sentence == "Works now")
    assert f"Hotspots that work now: {works} of 1." in page.text
    for part in ("Urząd", "ul. Lubelska 3", "Mon–Fri 07:30–15:30", sentence):
        assert part in page.text
    assert page.links["The way there"] == "geo:51.174150,22.280270"
    assert page.links["OpenStreetMap"].startswith("https://www.openstreetmap.org/?mlat=51.174150&mlon=22.280270")
    assert len(re.findall(r'<circle class="works"', page.html)) == works
    assert "<img" not in page.html
    assert "style=" not in page.html


def test_what_works_stands_first_and_the_map_has_each(browser: Browser, network: Database) -> None:
    with network.write() as db:
        ours = db.scalars(select(AccessPoint)).one()
        plan, gmina = ours.hotspot.plan, ours.hotspot.authority
        glusk = Authority(slug="glusk", name="Gmina Głusk", kind="gmina")
        given = {"plan": plan, "place_kind": "x", "address": "x", "declared_range_m": 1, "ssid": "x"}
        place = Hotspot(slug="a", name="Przystanek", authority=gmina, latitude=51.2, longitude=22.3, **given)
        db.add_all(
            [place, Hotspot(slug="b", name="Dworzec", authority=glusk, latitude=51.3, longitude=22.6, **given)]
        )
        db.add(AccessPointState(access_point_id=ours.id, last_login_at=NOW))
    page = browser.go(f"{BASE}/?lang=en")
    assert "Hotspots that work now: 1 of 3." in page.text
    assert page.text.index("Urząd") < page.text.index("Przystanek")
    assert "1. Gmina Bełżyce" in page.text
    assert "2. Gmina Głusk" in page.text
    assert (page.html.count("<circle class="), page.html.count("<text")) == (3, 2)


def test_what_was_measured_stands_at_the_hotspot_with_its_days(
    browser: Browser, network: Database, clock: Clock
) -> None:
    with network.write() as db:
        ours = db.scalars(select(AccessPoint.id)).one()
        # NOW is a Monday noon: the week is from Monday to Sunday, and what is just outside of it counts for nothing.
        for hours in (13, 14, 40, 7 * 24 + 12, 7 * 24 + 14, 1):
            db.add(UsageHour(access_point_id=ours, hour=NOW - timedelta(hours=hours), session_seconds=600))
        ends = ["User-Request"] * 18 + ["Stale", "NAS-Reboot", "Lost"]
        for number, cause in enumerate(ends):
            ended = add_session(db, ours, f"s{number}", "a2:00:00:00:00:01", stopped_at=NOW - timedelta(days=2))
            ended.terminate_cause = cause
        add_session(db, ours, "today", "a2:00:00:00:00:01", stopped_at=NOW).terminate_cause = "Stale"
    page = browser.go(f"{BASE}/?lang=en")
    assert "In use on 3 of 7 days. Connections sometimes broke off (2 of 20)." in page.text
    assert "from February 23, 2026 to March 1, 2026" in page.text
    clock.pass_by(days=7)
    page = browser.go(f"{BASE}/?lang=en")
    assert "In use on 1 of 7 days." in page.text, "what was of today is in that week"
    assert "broke off" not in page.text, "one connection is too few to say anything of"
    assert "from March 2, 2026 to March 8, 2026" in page.text


def test_where_nothing_was_measured_nothing_is_said(browser: Browser, network: Database) -> None:
    page = browser.go(f"{BASE}/?lang=en")
    for word in ("measured", "In use", "broke off"):
        assert word not in page.text


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (None, ""),
        (PlaceQuality(0, 500, 0), ""),
        (PlaceQuality(2), "An 2 von 7 Tagen genutzt."),
        (PlaceQuality(7, 19, 19), "An 7 von 7 Tagen genutzt."),
        (PlaceQuality(7, 100, 2), "An 7 von 7 Tagen genutzt. Verbindungen brachen fast nie ab (2 von 100)."),
        (PlaceQuality(7, 100, 3), "An 7 von 7 Tagen genutzt. Verbindungen brachen manchmal ab (3 von 100)."),
        (PlaceQuality(7, 100, 11), "An 7 von 7 Tagen genutzt. Verbindungen brachen oft ab (11 von 100)."),
    ],
)
def test_figures_become_words(app: Flask, measured: PlaceQuality | None, words: str) -> None:
    with app.test_request_context("/?lang=de"):
        assert sentence(measured) == words


def test_the_map_keeps_directions_and_distances() -> None:
    # A degree of longitude is cos(60°) = half of one of latitude there.
    found = draw([Point(1, 60.5, 20.0, "works"), Point(1, 59.5, 20.0, "never"), Point(2, 60.0, 22.0, "quiet")])
    assert found is not None
    north, south, east = found.dots
    assert (north.x, north.y, east.x) == (south.x, 48.0, 552.0)
    assert math.isclose(south.y - north.y, east.x - north.x, abs_tol=0.2)
    assert math.isclose(east.y, (north.y + south.y) / 2, abs_tol=0.2)
    assert [(mark.x, mark.y, mark.look) for mark in found.numbers] == [
        (north.x, north.y - 16, "1"),
        (east.x, round(east.y - 16, 1), "2"),
    ]


def test_one_hotspot_stands_in_the_middle_and_none_has_no_map() -> None:
    found = draw([Point(1, 51.2, 22.3, "works")])
    assert found is not None
    assert (found.dots[0].x, found.dots[0].y) == pytest.approx((300, found.height / 2), abs=1)
    assert draw([]) is None


def test_the_list_reads_no_table_that_grows(browser: Browser, network: Database) -> None:
    fill(network, NOW)
    with watching() as watch:
        browser.go(f"{BASE}/")
    assert [str(one) for one in whole_readings(network, watch)] == []
    assert watch.statements
