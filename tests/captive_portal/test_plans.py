"""No page of the residents reads all of a table that grows: the plans of all its statements are read."""

from __future__ import annotations

from flask import Flask
from pydantic import SecretStr

from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots.database import Database
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

WANTED = "http://example.org/news"
NAME = "belzyce-urzad-1"


def test_a_resident_joins_looks_leaves_and_comes_with_a_voucher(
    network: Database, browser: Browser, radius: RadiusStandIn, app: Flask, clock: Clock, secret_key: SecretStr
) -> None:
    code = make_voucher(network, secret_key)
    fill(network, NOW)
    radius.directory.refresh(clock())
    with watching() as watch:
        browser.go(WANTED)
        browser.submit("/enter")
        assert browser.page.heading == "You are online"
        radius.account(Status.START)
        clock.pass_by(minutes=5)
        radius.account(Status.INTERIM, seconds=300, up=1000, down=5000)
        browser.go(browser.address)
        api = app.test_client().get("/api/captive-portal/belzyce-urzad-1/02:11:22:33:44:55")
        assert api.json is not None
        assert api.json["captive"] is False
        app.test_client().get("/start")
        for page in ("/", "/privacy", "/terms", "/help", "/healthz"):
            app.test_client().get(page)
        app.test_client().get("/", query_string={"voucher": code})
    assert [str(one) for one in whole_readings(network, watch)] == []
    assert sum("FROM sessions" in statement for statement in watch.statements) >= 3


def test_a_voucher_and_a_refusal(
    network: Database,
    browser: Browser,
    radius: RadiusStandIn,
    chilli: FakeCoovaChilli,
    secret_key: SecretStr,
) -> None:
    code = make_voucher(network, secret_key, total_octets=1_000_000)
    fill(network, NOW)
    radius.directory.refresh(NOW)
    with watching() as watch:
        browser.go(WANTED)
        browser.submit("/voucher", code="2345-2345-2345")
        browser.submit("/voucher", code=code)
    assert len(radius.outcomes) == 1
    assert chilli.client().authenticated
    assert [str(one) for one in whole_readings(network, watch)] == []


def test_who_holds_a_ticket_of_a_gateway_that_signs_nothing(network: Database, app: Flask) -> None:
    fill(network, NOW)
    desk, client = app.extensions["hotspots"].visits, app.test_client()
    with watching() as watch:
        for gateway in ("aruba", "omada"):
            visit = GatewayVisit(
                Result.SUCCESS, NAME, "02:11:22:33:44:55", "", "", gateway=gateway, ticket="t1-of-nobody"
            )
            status = client.get("/status", query_string={"visit": desk.sign(visit, NOW)}, base_url=BASE)
            assert status.status_code == 200
    assert [str(one) for one in whole_readings(network, watch)] == []
    assert sum("sessions.user_name = " in statement for statement in watch.statements) == 2
