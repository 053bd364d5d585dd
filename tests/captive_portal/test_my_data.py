"""What is kept of a visitor: read, taken along, erased; and what a session that is over says of the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import hold_orders, models
from hotspots.database import Database
from hotspots.legal_holds import Kind
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.page import Page as Read
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.staff.town import add_session
from tests.captive_portal.test_ways_in import WANTED
from tests.hotspots.places import NOW

DEVICE, NEIGHBOUR = "02:11:22:33:44:55", "02:11:22:33:44:99"
NAME = "belzyce-urzad-1"
FEBRUARY = NOW - timedelta(days=10)


def online(browser: Browser, radius: RadiusStandIn) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    browser.go(browser.address)


@pytest.fixture
def before(network: Database, radius: RadiusStandIn) -> Database:
    """A session of this device and one of a neighbour's, both in February, with a login each."""
    with network.write() as db:
        point = db.scalars(select(models.AccessPoint.id)).one()
        for number, device in enumerate((DEVICE, NEIGHBOUR)):
            add_session(db, point, f"old {number}", device, FEBRUARY, FEBRUARY + timedelta(hours=1))
            db.add(
                models.LoginDecision(
                    at=FEBRUARY, at_door="radius", access_point_id=point, device=device, method="ticket", checks=[]
                )
            )  # fmt: skip
    return network


def rows_of(database: Database, device: str) -> dict[str, int]:
    tables = (models.Session, models.LoginDecision, models.DeviceGrant)
    with database.read() as db:
        return {
            table.__tablename__: db.scalar(select(func.count()).select_from(table).where(table.device == device))
            or 0
            for table in tables
        }


def test_the_page_and_the_file_have_all_that_is_kept(
    app: Flask, browser: Browser, radius: RadiusStandIn, before: Database
) -> None:
    online(browser, radius)
    page = browser.click("My data")
    assert page.heading == "My data"
    assert DEVICE in page.text
    assert "Remembered until Monday, 9 March, 13:00" in page.text
    assert NEIGHBOUR not in page.html

    answer = app.test_client().get(page.links["Download as a file (JSON)"], base_url=BASE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    kept = answer.get_json()
    assert [session["started_at"] for session in kept["sessions"]] == [NOW.isoformat(), FEBRUARY.isoformat()]
    assert kept["sessions"][1]["kept_until"] == (FEBRUARY + timedelta(hours=1, days=30)).isoformat()
    assert (kept["account"], kept["codes"], kept["refused_logins"]) == (None, [], [])


def test_erasing_forgets_all_but_what_time_is_counted_by(
    browser: Browser, radius: RadiusStandIn, before: Database
) -> None:
    online(browser, radius)
    browser.click("My data")
    page = browser.submit("/my-data/erase")
    assert page.heading == "Your data are erased"
    assert "Connections that are erased: 1." in page.text
    assert "Connections that stay: 1, until" in page.text
    assert rows_of(before, DEVICE) == {"sessions": 1, "login_decisions": 1, "device_grants": 0}
    assert rows_of(before, NEIGHBOUR) == {"sessions": 1, "login_decisions": 1, "device_grants": 0}
    assert not radius.directory.refresh(NOW) or DEVICE not in radius.directory.grants


def test_an_account_that_the_resident_made_goes_too(
    browser: Browser, radius: RadiusStandIn, before: Database
) -> None:
    online(browser, radius)
    status = browser.address
    browser.submit("/return/link")
    browser.go(status)
    browser.click("My data")
    browser.submit("/my-data/erase")
    with before.read() as db:
        assert db.scalars(select(models.Account)).all() == []


def test_what_a_law_keeps_stays_and_it_says_so(browser: Browser, radius: RadiusStandIn, before: Database) -> None:
    with before.write() as db:
        authority = db.scalars(select(models.Hotspot)).one().authority
        authority.retention_mode, authority.retention_days = "12-months", 365
    online(browser, radius)
    assert "a law keeps it" in browser.click("My data").text
    page = browser.submit("/my-data/erase")
    assert "Connections that are erased: 0." in page.text
    assert "or a law keeps them" in page.text
    assert rows_of(before, DEVICE)["sessions"] == 2


def test_a_legal_hold_says_so_and_keeps_all(
    app: Flask, browser: Browser, radius: RadiusStandIn, before: Database
) -> None:
    order = {"reason": "an order", "ordered_by": "Anna", "placed_by": "test", "now": NOW}
    until = NOW + timedelta(days=40)
    with before.write() as db:
        hold_orders.add(db, Kind.DEVICE, DEVICE, until=until, **order)
    online(browser, radius)
    page = browser.click("My data")
    assert "A legal hold keeps everything about this device until Saturday, 11 April, 14:00" in page.text
    kept = app.test_client().get(page.links["Download as a file (JSON)"], base_url=BASE).get_json()
    assert {kept["legal_hold_until"], *(each["legal_hold_until"] for each in kept["sessions"])} == {
        until.isoformat()
    }

    page = browser.submit("/my-data/erase")

    assert page.heading == "Nothing was erased"
    assert rows_of(before, DEVICE) == {"sessions": 2, "login_decisions": 2, "device_grants": 1}


def test_a_session_under_a_legal_hold_stays_alone(
    browser: Browser, radius: RadiusStandIn, before: Database
) -> None:
    order = {"reason": "an order", "ordered_by": "Anna", "placed_by": "test", "now": NOW}
    with before.write() as db:
        old = db.scalars(select(models.Session.id).where(models.Session.device == DEVICE)).one()
        hold_orders.add(db, Kind.SESSION, str(old), until=NOW + timedelta(days=40), **order)
    online(browser, radius)
    assert "under a legal hold until Saturday, 11 April, 14:00" in browser.click("My data").text
    page = browser.submit("/my-data/erase")
    assert "Connections that are erased: 0." in page.text
    assert "A legal hold keeps some of your data until Saturday, 11 April, 14:00" in page.text
    assert rows_of(before, DEVICE) == {"sessions": 2, "login_decisions": 2, "device_grants": 0}


def test_nobody_reads_a_neighbour_s(network: Database, app: Flask, browser: Browser, before: Database) -> None:
    browser.go(WANTED)
    token = browser.page.form("/enter").fields["visit"]
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().gateway = "aruba"
    desk = app.extensions["hotspots"].visits
    visit = desk.read(token, NOW).visit
    unsigned = desk.sign(replace(visit, gateway="aruba", device=NEIGHBOUR), NOW)
    client = app.test_client()
    for path in ("/my-data", "/my-data.json"):
        answer = client.get(path, query_string={"visit": unsigned}, base_url=BASE)
        assert answer.status_code == 403
        assert "sessions" not in answer.get_data(as_text=True)
    assert client.post("/my-data/erase", data={"visit": unsigned}, base_url=BASE).status_code == 403
    assert rows_of(before, NEIGHBOUR)["sessions"] == 1


def test_after_the_time_is_over_the_page_says_when_the_next_begins(
    browser: Browser, radius: RadiusStandIn, clock: Clock
) -> None:
    online(browser, radius)
    clock.pass_by(hours=4)
    radius.account(Status.STOP, seconds=4 * 3600, cause="Session-Timeout")
    clock.pass_by(minutes=5)
    page = browser.click("Update now")
    assert page.heading == "You are offline"
    assert "Time for a short pause" in page.text
    assert "You can go online again today at 17:15" in page.text
    clock.pass_by(minutes=10)
    assert "Time for a short pause" not in browser.click("Update now").text


def test_the_data_of_today_are_those_of_the_limit(browser: Browser, radius: RadiusStandIn, clock: Clock) -> None:
    online(browser, radius)
    clock.pass_by(minutes=5)
    radius.account(Status.INTERIM, seconds=300, up=1_000_000, down=9_000_000)
    assert "5 min · 10 MB of 100 MB" in browser.click("Update now").text


@pytest.mark.parametrize(
    ("gateway", "status"), [("cisco", 200), ("omada", 403), ("smartzone", 403), ("unifi", 403)]
)
def test_where_anybody_may_name_a_device_a_login_does_not_prove_it(
    app: Flask, before: Database, gateway: str, status: int
) -> None:
    with before.write() as db:
        db.scalars(select(models.AccessPoint)).one().gateway = gateway
        theirs = db.scalars(select(models.Session).where(models.Session.device == NEIGHBOUR)).one()
        theirs.user_name = "t1-of-a-stranger"
        add_session(db, theirs.access_point_id, "newer", NEIGHBOUR, NOW - timedelta(minutes=20), None)
    visit = GatewayVisit(Result.SUCCESS, NAME, NEIGHBOUR, "", "", gateway=gateway, ticket="t1-of-a-stranger")
    token, client = app.extensions["hotspots"].visits.sign(visit, NOW), app.test_client()

    data = client.get("/my-data", query_string={"visit": token}, base_url=BASE)
    standing = client.get("/status", query_string={"visit": token}, base_url=BASE).get_data(as_text=True)
    client.post("/logout", data={"visit": token}, base_url=BASE)

    assert data.status_code == status
    assert ("kto prowadzi ten" in Read(data.get_data(as_text=True)).text) == (status == 403)
    assert ("33 MB" in Read(standing).text) == (status == 200), "the octets of the session that is open"
    with before.read() as db:
        commands = db.scalars(select(models.SessionCommand)).all()
    assert len(commands) == (1 if status == 200 else 0)
