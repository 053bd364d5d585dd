"""No way in, and nothing that comes after, reads all of a table that grows."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from captive_portal.app import create_app
from hotspots import models
from hotspots.database import Database
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_account import sign_up
from tests.captive_portal.test_sponsor import WORDS, path_in
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.mail_server import Mailbox
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return settings.model_copy(update=mailbox.settings)


@pytest.fixture
def app(settings: Settings, network: Database, radius: RadiusStandIn, clock: Clock) -> Flask:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.authority.email = "urzad@belzyce.example"
        hotspot.grace_plan = models.ServicePlan(slug="grace", name="Mail", session_seconds=300)
        hotspot.plan.daily_octets = None
    choose(network, "email", "account", "sponsor", "tap")
    fill(network, NOW)
    radius.directory.refresh(NOW)
    return create_app(settings, clock)


def test_codes_accounts_sponsors_links_and_own_data(
    app: Flask,
    browser: Browser,
    mailbox: Mailbox,
    network: Database,
    radius: RadiusStandIn,
    chilli: FakeCoovaChilli,
) -> None:
    with watching() as watch:
        browser.go(WANTED)
        browser.submit("/email", address="anna@example.org")
        browser.submit("/grace")
        radius.account(Status.START)
        browser.go(browser.address)
        browser.click("Type the code from the mail")
        assert browser.submit("/code", digits=mailbox.code()).heading == "Confirmed"

        chilli.device = "02:11:22:33:44:66"
        sign_up(browser, mailbox)
        chilli.device = "02:11:22:33:44:67"
        browser.go(WANTED)
        browser.submit("/account", name="anna@example.org", password="kuna lipa warkocz")
        radius.account(Status.START)
        browser.go(browser.address)
        assert browser.submit("/return/link").heading == "Your link for coming back"
        browser.click("How I stand")
        browser.click("My data")
        app.test_client().get(browser.page.links["Download as a file (JSON)"], base_url=BASE)
        assert browser.submit("/my-data/erase").heading == "Your data are erased"

        chilli.device = "02:11:22:33:44:68"
        browser.go(WANTED)
        assert browser.submit("/sponsor", words=WORDS).heading == "Waiting for an answer"
        app.test_client().get(path_in(mailbox))
    assert [str(one) for one in whole_readings(network, watch)] == []
    assert len(watch.statements) > 30
