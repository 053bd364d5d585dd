"""What programs ask: phones' captive portal API and probes, the health of the portal, its metrics."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import select

from captive_portal.detection import PROBES
from hotspots import models
from hotspots.database import Database
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.radius_stand_in import RadiusStandIn

API = "/api/captive-portal/belzyce-urzad-1/02-11-22-33-44-55"
CAPTIVE = {"captive": True, "user-portal-url": f"{BASE}/start"}


@pytest.fixture
def online(browser: Browser, radius: RadiusStandIn, clock: Clock) -> RadiusStandIn:
    browser.go("http://example.org/")
    browser.submit("/enter")
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.INTERIM, seconds=300, up=1_000_000, down=9_000_000)
    return radius


def test_a_phone_learns_that_it_is_captive(app: Flask) -> None:
    response = app.test_client().get(API)
    assert response.status_code == 200
    assert response.content_type == "application/captive+json"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.get_json() == CAPTIVE


def test_a_phone_learns_what_is_left(app: Flask, online: RadiusStandIn) -> None:
    assert app.test_client().get(API).get_json() == {
        "captive": False,
        "user-portal-url": f"{BASE}/",
        "can-extend-session": False,
        "seconds-remaining": 4 * 3600 - 300,
        "bytes-remaining": 90_000_000,
    }


def test_an_access_point_may_have_slashes_in_its_name(app: Flask, online: RadiusStandIn, network: Database) -> None:
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().nas_identifier = "Rynek 1/ą"
    path = "/api/captive-portal/Rynek%201%2F%C4%85/02-11-22-33-44-55"
    assert app.test_client().get(path).get_json()["captive"] is False


def test_where_there_is_no_pause_a_session_can_be_had_again(
    app: Flask, online: RadiusStandIn, network: Database
) -> None:
    with network.write() as db:
        db.scalars(select(models.ServicePlan)).one().pause_seconds = None
    assert app.test_client().get(API).get_json()["can-extend-session"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/api/captive-portal/belzyce-urzad-1/02-99-99-99-99-99",
        "/api/captive-portal/belzyce-urzad-1/nobody",
        "/api/captive-portal/elsewhere/02-11-22-33-44-55",
    ],
)
def test_a_stranger_learns_nothing_of_others(app: Flask, online: RadiusStandIn, path: str) -> None:
    assert app.test_client().get(path).get_json() == CAPTIVE


def test_a_session_that_ended_or_fell_silent_is_captive(app: Flask, online: RadiusStandIn, clock: Clock) -> None:
    clock.pass_by(minutes=16)
    assert app.test_client().get(API).get_json() == CAPTIVE
    online.account(Status.STOP, seconds=1260, cause="Lost-Carrier")
    assert app.test_client().get(API).get_json() == CAPTIVE


def test_the_start_leads_to_whatever_gateway_there_is(browser: Browser) -> None:
    assert browser.go(f"{BASE}/start").heading == "Urząd"


@pytest.mark.parametrize(("host", "path"), PROBES)
def test_a_probe_of_an_operating_system_is_never_answered_as_if_online(app: Flask, host: str, path: str) -> None:
    response = app.test_client().get(path, base_url=f"http://{host}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{BASE}/"


def test_the_same_path_under_our_own_name_is_no_probe(app: Flask) -> None:
    assert app.test_client().get("/generate_204", base_url=BASE).status_code == 404


def test_health(app: Flask, network: Database, request: pytest.FixtureRequest) -> None:
    assert app.test_client().get("/healthz").get_json() == {"status": "ok"}
    app.extensions["hotspots"].database.close()
    network.close()
    # No connection can be opened any more.
    name = str(network.engine.url.database)
    if network.engine.dialect.name == "postgresql":
        request.getfixturevalue("cluster").drop(name)
    else:
        path = Path(name)
        path.rename(path.with_suffix(".away"))
        path.mkdir()
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (503, "the database does not answer")


def test_metrics_of_processes_are_added_up_and_name_no_device(tmp_path: Path, settings: object) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    program = """
import sys
from captive_portal.app import create_app
from hotspots.storage import migrate
from hotspots.settings import load_settings
app = create_app(load_settings())
migrate.upgrade(app.extensions["hotspots"].database.engine)
assert app.test_client().get("/uam?res=notyet&nasid=x&mac=02-11-22-33-44-55").status_code == 403
assert app.test_client().get("/02-11-22-33-44-55").status_code == 404
"""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder), "HOTSPOTS_DATA_DIR": str(tmp_path / "var")}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call] # it has no types

    text = generate_latest(registry).decode()

    assert 'hotspots_portal_requests_total{endpoint="residents.uam",status="403"} 2.0' in text
    assert 'hotspots_portal_requests_total{endpoint="none",status="404"} 2.0' in text
    assert 'hotspots_portal_refusals_total{reason="access_point_unknown"} 2.0' in text
    assert 'hotspots_portal_request_seconds_count{endpoint="residents.uam"} 2.0' in text
    assert "44-55" not in text
