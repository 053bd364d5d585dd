"""The way in by a member of staff who says yes: the visitor's side, the mail, and the desk."""

from __future__ import annotations

import re

import playwright.sync_api
import pytest
from flask import Flask
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.app import create_app
from hotspots import models
from hotspots.database import Database
from hotspots.jobs.old_sponsor_requests import delete_old_sponsor_requests
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town, build
from tests.captive_portal.test_ways_in import WANTED
from tests.hotspots.mail_server import Mailbox

WORDS = "Jan Nowak, do pani Anny"


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return settings.model_copy(update=mailbox.settings)


@pytest.fixture
def town(network: Database, radius: RadiusStandIn, secret_key: SecretStr) -> Town:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.ways_in, hotspot.authority.email = ["sponsor"], "urzad@belzyce.example"
    town = build(network, secret_key)
    with network.write() as db:
        ours, theirs = (db.get_one(models.AccessPoint, number) for number in (town.ours, town.theirs))
        theirs.sealed_secret, theirs.sealed_uam_secret = ours.sealed_secret, ours.sealed_uam_secret
    return town


@pytest.fixture
def app(settings: Settings, town: Town, clock: Clock) -> Flask:
    return create_app(settings, clock)


def path_in(mailbox: Mailbox) -> str:
    found = re.search(r"https?://[^/\s]+(/staff/sponsor/\S+)", mailbox.text())
    assert found is not None
    return found[1]


def seated(app: Flask, town: Town, name: str, path: str) -> Desk:
    """Somebody who opens the link, and signs in because they have to."""
    desk = Desk(app, town.passwords)
    desk.go(path)
    assert desk.path.startswith("/staff/login")
    desk.submit("/staff/login", name=name, password=town.passwords[name])
    return desk


def test_a_visitor_asks_waits_and_goes_online(
    browser: Browser, mailbox: Mailbox, app: Flask, town: Town, chilli: FakeCoovaChilli
) -> None:
    browser.go(WANTED)
    page = browser.submit("/sponsor", words=WORDS)
    assert page.heading == "Waiting for an answer"
    (message,) = mailbox.messages
    assert message["To"] == "urzad@belzyce.example"
    assert WORDS in mailbox.text()
    assert BASE in mailbox.text()
    assert not page.refreshes

    desk = seated(app, town, "jan", path_in(mailbox))
    assert WORDS in desk.page.text
    assert browser.click("Look now").heading == "Waiting for an answer", "looking is not answering"
    assert "jan said yes." in desk.submit(path_in(mailbox), answer="yes").text

    assert browser.click("Look now").heading == "You may go online"
    assert browser.submit("/sponsor/enter").heading == "You are online"
    assert chilli.client().authenticated
    with town.database.read() as db:
        entry = db.scalars(select(models.AuditEntry).order_by(models.AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.action) == ("jan", "sponsor.yes")


def test_an_answer_counts_once_and_a_no_lets_nobody_in(
    browser: Browser, mailbox: Mailbox, app: Flask, town: Town, radius: RadiusStandIn
) -> None:
    browser.go(WANTED)
    browser.submit("/sponsor", words=WORDS)
    asked = path_in(mailbox).rpartition("/")[2]
    desk = seated(app, town, "jan", path_in(mailbox))
    desk.submit(path_in(mailbox), answer="no")
    desk.go("/staff/ways-in/belzyce-urzad")
    assert desk.post(path_in(mailbox), answer="yes") == 303
    assert "This had been answered already" in desk.go(path_in(mailbox)).text
    assert "jan said no." in desk.page.text
    assert browser.click("Look now").heading == "The answer was no"
    browser.go(WANTED)
    form = browser.page.form("/sponsor")
    form.action = "/sponsor/enter"
    browser.submit("/sponsor/enter", asked=asked)
    assert (browser.status, radius.outcomes) == (403, [])


def test_another_gmina_s_staff_sees_nothing_and_a_link_alone_is_no_key(
    browser: Browser, mailbox: Mailbox, app: Flask, town: Town
) -> None:
    browser.go(WANTED)
    browser.submit("/sponsor", words=WORDS)
    stranger = seated(app, town, "ewa", path_in(mailbox))
    assert stranger.response.status_code == 404
    nobody = Desk(app, town.passwords)
    assert nobody.status(path_in(mailbox)) == 302
    assert nobody.post_without_token(path_in(mailbox)) == 400
    with town.database.read() as db:
        assert not db.scalars(select(models.SponsorRequest)).one().granted


def test_after_half_an_hour_it_is_too_late_and_after_a_day_all_is_gone(
    browser: Browser, mailbox: Mailbox, app: Flask, town: Town, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/sponsor", words=WORDS)
    clock.pass_by(minutes=31)
    desk = seated(app, town, "jan", path_in(mailbox))
    assert "It is too late to answer" in desk.page.text
    assert browser.click("Look now").heading == "This request is over"
    assert delete_old_sponsor_requests(town.database, clock()) == 0
    clock.pass_by(days=1)
    assert delete_old_sponsor_requests(town.database, clock()) == 1


def test_a_yes_that_came_while_the_page_was_too_old_waits_at_the_door(
    browser: Browser, mailbox: Mailbox, app: Flask, town: Town, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/sponsor", words=WORDS)
    clock.pass_by(minutes=20)
    seated(app, town, "jan", path_in(mailbox)).submit(path_in(mailbox), answer="yes")
    assert "A member of staff said yes." in browser.go(WANTED).text
    assert browser.submit("/sponsor/enter").heading == "You are online"


def test_nobody_floods_the_mailbox(browser: Browser, mailbox: Mailbox) -> None:
    for _ in range(4):
        browser.go(WANTED)
        browser.submit("/sponsor", words=WORDS)
    assert (browser.status, len(mailbox.messages)) == (409, 3)
    assert "was asked often enough for now" in browser.page.text


@pytest.mark.parametrize("words", ["", "   ", "a\x00b"])
def test_who_says_nothing_asks_nobody(browser: Browser, mailbox: Mailbox, words: str) -> None:
    browser.go(WANTED)
    browser.submit("/sponsor", words=words)
    assert (browser.status, mailbox.messages) == (422, [])


def test_in_chromium_the_page_goes_on_by_itself(
    chromium: playwright.sync_api.Browser,
    settings: Settings,
    town: Town,
    network: Database,
    secret_key: SecretStr,
    mailbox: Mailbox,
) -> None:
    radius = stand_in(network, secret_key)
    visitor, office = (chromium.new_context(locale="en-GB") for _ in range(2))
    page, desk = visitor.new_page(), office.new_page()
    with portal.behind_coovachilli(settings, radius) as (base, _chilli, address):
        page.goto(address)
        page.get_by_label("Who you are, and whom you visit").fill(WORDS)
        page.get_by_role("button", name="Ask the staff").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for an answer")
        desk.goto(f"{base}{path_in(mailbox)}")
        desk.get_by_label("Name").fill("iwona")
        desk.get_by_label("Password").fill(town.passwords["iwona"])
        desk.get_by_role("button", name="Sign in").click()
        desk.get_by_role("button", name="Let them in", exact=True).click()
        expect(desk.get_by_text("iwona said yes.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("You may go online")
        page.get_by_role("button", name="Go online").click()
        expect(page.locator("h1.state")).to_be_visible()
    visitor.close()
    office.close()
