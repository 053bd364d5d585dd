"""The way in by a code to an e-mail address: with a few minutes to fetch it, by the code or by the link."""

from __future__ import annotations

from urllib.parse import urlsplit

import playwright.sync_api
import pytest
from flask import Flask
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.app import create_app
from hotspots import models
from hotspots.database import Database
from hotspots.policy import Accept
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.mail_server import Mailbox

DEVICE = "02:11:22:33:44:55"


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return settings.model_copy(update=mailbox.settings)


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock) -> Flask:
    with network.write() as db:
        grace = models.ServicePlan(slug="grace", name="Minutes for the mail", session_seconds=300)
        db.add(grace)
        db.scalars(select(models.Hotspot)).one().grace_plan = grace
    choose(network, "email")
    return create_app(settings, clock)


def test_a_code_that_is_read_elsewhere_leads_online_at_once(
    browser: Browser, mailbox: Mailbox, chilli: FakeCoovaChilli
) -> None:
    browser.go(WANTED)
    page = browser.submit("/email", address="Anna@Example.org")
    assert "We have sent a code to anna@example.org." in page.text

    assert browser.submit("/code", digits=mailbox.code()).heading == "You are online"
    assert chilli.client().authenticated


def fetch_with_grace(browser: Browser, radius: RadiusStandIn) -> None:
    browser.go(WANTED)
    browser.submit("/email", address="anna@example.org")
    assert browser.submit("/grace").heading == "You are online"
    radius.account(Status.START)
    decision = radius.outcomes[-1].decision
    assert isinstance(decision, Accept)
    assert (decision.limits.session_seconds, radius.outcomes[-1].remembered) == (300, None)


def is_let_in_without_a_page(network: Database) -> None:
    """What a gateway that asks by MAC address gets; and the minutes for the mail are asked to end."""
    with network.read() as db:
        grant = db.get_one(models.DeviceGrant, DEVICE)
        account = db.scalars(select(models.Account)).one()
        command = db.scalars(select(models.SessionCommand)).one()
    assert (grant.subject_kind, grant.subject_key) == ("resident", str(account.id))
    assert grant.expires_at == account.expires_at
    assert (command.cause, command.asked_by) == ("user_request", "resident")


def test_minutes_to_fetch_the_code_which_is_then_typed_on_the_status_page(
    browser: Browser, mailbox: Mailbox, radius: RadiusStandIn, network: Database
) -> None:
    fetch_with_grace(browser, radius)
    browser.go(browser.address)
    browser.click("Type the code from the mail")
    page = browser.submit("/code", digits=mailbox.code())
    assert page.heading == "Confirmed"
    is_let_in_without_a_page(network)
    assert "Type the code from the mail" not in browser.click("How I stand").links


def test_the_link_in_the_mail_does_nothing_before_a_tap(
    browser: Browser, mailbox: Mailbox, radius: RadiusStandIn, network: Database
) -> None:
    fetch_with_grace(browser, radius)
    link = mailbox.link()
    assert link.startswith(f"{BASE}/confirm?"), "not from the Host header"
    page = browser.go(link)
    assert browser.response.headers["Referrer-Policy"] == "no-referrer"
    with network.read() as db:
        assert db.get(models.DeviceGrant, DEVICE) is None

    form = page.form("/confirm")
    page = browser.submit("/confirm")
    assert page.heading == "Confirmed"
    is_let_in_without_a_page(network)
    assert "This link is no good any more." in browser.go(link).text
    browser.page.forms.append(form)
    assert "This link is no good any more." in browser.submit("/confirm").text


def test_minutes_are_given_once_a_day(
    browser: Browser, radius: RadiusStandIn, clock: Clock, chilli: FakeCoovaChilli
) -> None:
    fetch_with_grace(browser, radius)
    clock.pass_by(hours=1)
    radius.account(Status.STOP, seconds=300)
    chilli.logoff()
    browser.go(WANTED)
    browser.submit("/email", address="anna@example.org")
    page = browser.submit("/grace")
    assert (browser.status, len(radius.outcomes)) == (409, 1)
    assert "has had its minutes for reading mail today" in page.text

    clock.pass_by(hours=14)
    browser.go(WANTED)
    browser.submit("/email", address="anna@example.org")
    assert browser.submit("/grace").heading == "You are online"


def test_no_minutes_for_a_code_that_nobody_asked_for(browser: Browser, radius: RadiusStandIn) -> None:
    browser.go(WANTED)
    browser.submit("/email", address="anna@example.org")
    assert browser.submit("/grace", asked="another").heading == "Type the code"
    assert (browser.status, radius.outcomes) == (409, [])


def test_mistakes_and_refusals_are_explained(browser: Browser, mailbox: Mailbox) -> None:
    browser.go(WANTED)
    page = browser.submit("/email", address="anna at example")
    assert (browser.status, mailbox.messages) == (422, [])
    assert "This is no e-mail address." in page.text
    mailbox.refuses = True
    assert "could not be sent" in browser.submit("/email", address="anna@example.org").text


def test_in_chromium_by_the_link_without_javascript(
    chromium: playwright.sync_api.Browser,
    app: Flask,
    settings: Settings,
    network: Database,
    secret_key: SecretStr,
    mailbox: Mailbox,
) -> None:
    radius = stand_in(network, secret_key)
    with (
        phone_of(chromium, javascript=False, locale="de-DE") as page,
        portal.behind_coovachilli(settings, radius) as (base, _chilli, address),
    ):
        page.goto(address)
        page.get_by_label("Ihre E-Mail-Adresse").fill("anna@example.org")
        page.get_by_role("button", name="Code schicken").click()
        page.get_by_role("button", name="Ins Internet gehen, um die E-Mail zu lesen").click()
        expect(page.locator("h1.state")).to_be_visible()
        radius.account(Status.START)
        assert urlsplit(mailbox.link()).netloc == urlsplit(base).netloc
        page.goto(mailbox.link())
        page.get_by_role("button", name="Ja, das war ich").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bestätigt")
    is_let_in_without_a_page(network)
