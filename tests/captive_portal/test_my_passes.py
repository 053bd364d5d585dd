"""What the portal granted by itself to a visitor's device: read, taken along and erased like the rest of their data."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.residents import own_data
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.staff.town import add_session
from tests.captive_portal.test_my_data import DEVICE, NEIGHBOUR, online
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

HOUR = timedelta(hours=1)


def grant(db: OrmSession, name: str, granted_at: datetime, device: str = DEVICE) -> None:
    point = db.scalars(select(models.AccessPoint.id)).first()
    db.add(
        models.Pass(
            access_point_id=point, session_key=name, session_class=b"", user_name=name, device=device,
            client_ip="10.1.0.7", handle=name, subject_kind="device", subject_key=device, limit_seconds=3600,
            granted_at=granted_at,
        )
    )  # fmt: skip


def give(network: Database) -> None:
    """One whose session is over, one whose session is open, one never fetched, one to fetch, and a neighbour's."""
    with network.write() as db:
        point = db.scalars(select(models.AccessPoint.id)).one()
        add_session(db, point, "over", DEVICE, NOW - 3 * HOUR, NOW - 2 * HOUR)
        add_session(db, point, "open", DEVICE, NOW - HOUR)
        for name, began in {"over": 3, "open": 1, "never": 5}.items():
            grant(db, name, NOW - began * HOUR)
        db.add(
            models.LoginDecision(
                at=NOW - 5 * HOUR, at_door="portal", access_point_id=point, device=DEVICE, method="ticket", checks=[]
            )
        )  # fmt: skip
        grant(db, "waiting", NOW - timedelta(minutes=1))
        grant(db, "theirs", NOW - 5 * HOUR, NEIGHBOUR)


def test_the_page_and_the_file_have_them(
    app: Flask, browser: Browser, radius: RadiusStandIn, network: Database
) -> None:
    online(browser, radius)
    give(network)

    page = browser.click("My data")

    assert "Permissions to go online" in page.text
    assert page.text.count("IP address: 10.1.0.7") == 4
    assert "kept until a day after the connection has ended" in page.text
    kept = app.test_client().get(page.links["Download as a file (JSON)"], base_url=BASE).get_json()["passes"]
    assert kept[1] == {
        "hotspot": "Urząd",
        "granted_at": (NOW - HOUR).isoformat(),
        "let_in_at": None,
        "ip_address": "10.1.0.7",
        "limit_seconds": 3600,
        "limit_octets": None,
        "kept_until": None,
    }
    assert [each["kept_until"] for each in (kept[2], kept[3])] == [
        (NOW - 2 * HOUR + timedelta(days=1)).isoformat(),
        (NOW - 5 * HOUR + timedelta(days=1)).isoformat(),
    ]


def test_erasing_forgets_those_that_no_gateway_needs(
    browser: Browser, radius: RadiusStandIn, network: Database
) -> None:
    online(browser, radius)
    give(network)
    browser.click("My data")

    page = browser.submit("/my-data/erase")

    assert "Permissions to go online that stay: 2" in page.text
    with network.read() as db:
        assert set(db.scalars(select(models.Pass.session_key))) == {"open", "waiting", "theirs"}
        of_the_unused = models.LoginDecision.at == NOW - 5 * HOUR
        assert db.scalar(select(func.count()).where(of_the_unused)) == 0


def test_both_are_answered_from_indexes(browser: Browser, radius: RadiusStandIn, network: Database) -> None:
    fill(network, NOW)
    give(network)
    with watching() as watch:
        kept = own_data.collect(network, None, DEVICE, NOW)  # type: ignore[arg-type] # there is no account to open
        own_data.erase(network, DEVICE, NOW)
    assert len(kept["passes"]) == 4
    assert [str(one) for one in whole_readings(network, watch)] == []
