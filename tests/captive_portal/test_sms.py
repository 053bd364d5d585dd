"""The way in by a code to a mobile phone, from the form to being online."""

from __future__ import annotations

import playwright.sync_api
import pytest
from flask import Flask
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.app import create_app
from hotspots import models
from hotspots.database import Database
from hotspots.policy import SubjectKind
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.sms.fake_smsapi import FakeSmsapi


@pytest.fixture
def settings(settings: Settings, sms: FakeSmsapi) -> Settings:
    return settings.model_copy(update=sms.settings)


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock) -> Flask:
    with network.write() as db:
        db.scalars(select(models.Hotspot)).one().authority.sms_monthly_grosze = 100
    choose(network, "sms", "tap")
    return create_app(settings, clock)


def test_a_number_and_its_code_lead_online(
    browser: Browser, sms: FakeSmsapi, radius: RadiusStandIn, chilli: FakeCoovaChilli, network: Database
) -> None:
    browser.go(WANTED)
    page = browser.submit("/sms", phone="600 100 200")
    assert page.heading == "Type the code"
    assert "ends with 200" in page.text
    (sent,) = sms.sent
    assert sent[0] == "+48600100200"
    assert sent[1].isascii()

    page = browser.submit("/code", digits=sms.code())

    assert page.heading == "You are online"
    assert chilli.client().authenticated
    (outcome,) = radius.outcomes
    assert outcome.remembered is not None
    assert outcome.remembered.subject.kind is SubjectKind.RESIDENT
    assert not any("600100200" in url or sms.code() in url for url in browser.visited)


def test_the_limits_are_those_of_the_person_on_each_of_their_devices(
    browser: Browser, sms: FakeSmsapi, radius: RadiusStandIn, chilli: FakeCoovaChilli, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/sms", phone="600 100 200")
    browser.submit("/code", digits=sms.code())
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.STOP, seconds=300, up=60_000_000, down=40_000_000)

    chilli.device = "02:11:22:33:44:56"
    browser.go(WANTED)
    browser.submit("/sms", phone="+48 600-100-200")
    page = browser.submit("/code", digits=sms.code())

    assert page.heading == "Your data for today is used"


def test_mistakes_are_explained_where_they_are(browser: Browser, sms: FakeSmsapi) -> None:
    browser.go(WANTED)
    page = browser.submit("/sms", phone="81 443 00 00")
    assert browser.status == 422
    assert "This is no number of a mobile phone" in page.text
    assert sms.sent == []

    browser.submit("/sms", phone="600100200")
    wrong = f"{(int(sms.code()) + 1) % 1_000_000:06}"
    page = browser.submit("/code", digits=wrong)
    assert (browser.status, page.heading) == (422, "Type the code")
    assert "These are not the digits that we sent." in page.text
    assert browser.submit("/code", digits=sms.code()).heading == "You are online"


def test_who_asked_for_enough_is_told_of_other_ways(browser: Browser, sms: FakeSmsapi) -> None:
    for _ in range(3):
        browser.go(WANTED)
        browser.submit("/sms", phone="600100200")
    browser.go(WANTED)
    page = browser.submit("/sms", phone="600100200")
    assert (browser.status, len(sms.sent)) == (409, 3)
    assert "as many codes there today as we may" in page.text
    assert browser.submit("/enter").heading == "You are online"


def test_what_the_provider_refuses_costs_nothing_and_is_said(
    browser: Browser, sms: FakeSmsapi, network: Database, caplog: pytest.LogCaptureFixture
) -> None:
    browser.go(WANTED)
    sms.error = (103, "Insufficient credits on Your account")
    page = browser.submit("/sms", phone="600100200")
    assert "could not be sent" in page.text
    assert "error 103: Insufficient credits" in caplog.text
    assert "600100200" not in caplog.text
    with network.read() as db:
        assert db.scalars(select(models.CodeSpending.grosze)).all() == [0]
        assert db.scalars(select(models.SentCode)).all() == []


def test_without_a_provider_the_way_is_not_shown(
    app: Flask, settings: Settings, network: Database, clock: Clock, chilli: FakeCoovaChilli
) -> None:
    without = create_app(settings.model_copy(update={"sms_provider": "none"}), clock)
    browser = Browser(without, chilli, settings.portal_base_url)
    assert [form.action for form in browser.go(WANTED).forms] == ["/enter"]
    choose(network, "sms")
    assert "None of the ways in works here just now" in browser.go(WANTED).text


def test_in_chromium_without_javascript_on_the_smallest_phone(
    chromium: playwright.sync_api.Browser,
    app: Flask,
    settings: Settings,
    network: Database,
    secret_key: SecretStr,
    sms: FakeSmsapi,
) -> None:
    radius = stand_in(network, secret_key)
    with (
        phone_of(chromium, javascript=False, locale="uk-UA") as page,
        portal.behind_coovachilli(settings, radius) as (_base, chilli, address),
    ):
        page.goto(address)
        page.get_by_label("Номер вашого мобільного телефону").fill("600100200")
        page.get_by_role("button", name="Надіслати мені код").click()
        page.get_by_label("Код із шести цифр").fill(sms.code())
        page.get_by_role("main").get_by_role("button").click()
        expect(page.locator("h1.state")).to_be_visible()
    assert chilli.client().authenticated
