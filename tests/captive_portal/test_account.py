"""Accounts at the portal: signing up, signing in, and a forgotten password."""

from __future__ import annotations

from datetime import timedelta

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
from hotspots.residents import accounts
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.mail_server import Mailbox
from tests.hotspots.places import NOW
from tests.hotspots.sms.fake_smsapi import FakeSmsapi

ANNA, PASSWORD = "anna@example.org", "kuna lipa warkocz"


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox, sms: FakeSmsapi) -> Settings:
    return settings.model_copy(update=sms.settings | mailbox.settings)


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock) -> Flask:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.authority.sms_monthly_grosze = 100
        # What one device of a person may still use is set aside for it, and another would get nothing meanwhile.
        hotspot.plan.daily_octets = None
    choose(network, "account")
    return create_app(settings, clock)


def sign_up(browser: Browser, mailbox: Mailbox, password: str = PASSWORD) -> None:
    browser.go(WANTED)
    browser.click("No account yet, or the password forgotten?")
    assert browser.submit("/account/new", contact=ANNA).heading == "Type the code"
    assert browser.submit("/code", digits=mailbox.code()).heading == "Choose a password"
    browser.submit("/account/password", password=password)


def account(network: Database) -> models.Account:
    with network.read() as db:
        return db.scalars(select(models.Account)).one()


def test_signing_up_by_mail_and_signing_in_on_another_device(
    browser: Browser, mailbox: Mailbox, chilli: FakeCoovaChilli, radius: RadiusStandIn, network: Database
) -> None:
    sign_up(browser, mailbox)
    assert browser.page.heading == "You are online"
    assert account(network).name == ANNA
    assert account(network).expires_at == NOW + timedelta(days=365)

    chilli.device = "02:11:22:33:44:56"
    browser.go(WANTED)
    page = browser.submit("/account", name=" Anna@Example.ORG ", password=PASSWORD)

    assert page.heading == "You are online"
    remembered = [outcome.remembered for outcome in radius.outcomes]
    assert {grant.subject.kind for grant in remembered if grant} == {SubjectKind.RESIDENT}
    assert len({grant.subject for grant in remembered if grant}) == 1
    assert not any(PASSWORD.partition(" ")[0] in url for url in browser.visited)


def test_signing_up_by_phone_and_the_number_is_the_name_however_it_is_typed(
    browser: Browser, sms: FakeSmsapi, chilli: FakeCoovaChilli
) -> None:
    browser.go(WANTED)
    browser.click("No account yet, or the password forgotten?")
    browser.submit("/account/new", contact="600 100 200")
    browser.submit("/code", digits=sms.code())
    assert browser.submit("/account/password", password=PASSWORD).heading == "You are online"
    chilli.device = "02:11:22:33:44:56"
    browser.go(WANTED)
    assert browser.submit("/account", name="600-100-200", password=PASSWORD).heading == "You are online"


def test_a_forgotten_password_is_replaced_and_the_old_one_is_worth_nothing(
    browser: Browser, mailbox: Mailbox, chilli: FakeCoovaChilli, network: Database
) -> None:
    sign_up(browser, mailbox)
    number = account(network).id
    chilli.device = "02:11:22:33:44:56"
    sign_up(browser, mailbox, "another good password")
    assert account(network).id == number
    chilli.device = "02:11:22:33:44:57"
    browser.go(WANTED)
    assert browser.submit("/account", name=ANNA, password=PASSWORD).heading == "Urząd"
    assert (browser.status, "do not fit together" in browser.page.text) == (403, True)
    assert browser.submit("/account", name=ANNA, password="another good password").heading == "You are online"


def test_an_account_of_the_staff_s_keeps_its_plan_and_its_end(
    browser: Browser, mailbox: Mailbox, network: Database
) -> None:
    with network.write() as db:
        made = accounts.add(
            db, name=ANNA, password_hash=accounts.hashed(ANNA, SecretStr("given at the desk")),
            plan=db.scalars(select(models.ServicePlan)).one(), authority=db.scalars(select(models.Authority)).first(),
            expires_at=NOW + timedelta(days=3), added_by="jan", now=NOW,
        )  # fmt: skip
    sign_up(browser, mailbox)
    assert browser.page.heading == "You are online"
    assert (account(network).id, account(network).expires_at) == (made.id, NOW + timedelta(days=3))


def test_a_name_that_nobody_has_is_answered_as_a_wrong_password(
    browser: Browser, mailbox: Mailbox, chilli: FakeCoovaChilli
) -> None:
    sign_up(browser, mailbox)
    chilli.device = "02:11:22:33:44:56"
    answers = []
    for name in (ANNA, "nobody@example.org"):
        browser.go(WANTED)
        text = browser.submit("/account", name=name, password="wrong password").text
        answers.append((browser.status, text))
    assert answers[0] == answers[1]


def test_guessing_is_slowed_down_and_nobody_is_locked_out(
    browser: Browser, mailbox: Mailbox, chilli: FakeCoovaChilli, clock: Clock
) -> None:
    sign_up(browser, mailbox)
    chilli.device = "02:11:22:33:44:56"
    browser.go(WANTED)
    for _ in range(5):
        browser.submit("/account", name=ANNA, password="wrong password")
    page = browser.submit("/account", name=ANNA, password=PASSWORD)
    assert (browser.status, "was tried too often" in page.text) == (409, True)
    clock.pass_by(seconds=10)
    assert browser.submit("/account", name=ANNA, password=PASSWORD).heading == "You are online"


def test_mistakes_are_explained(browser: Browser, mailbox: Mailbox) -> None:
    browser.go(WANTED)
    browser.click("No account yet, or the password forgotten?")
    page = browser.submit("/account/new", contact="anna")
    assert (browser.status, "neither an e-mail address nor" in page.text) == (422, True)
    browser.submit("/account/new", contact=ANNA)
    browser.submit("/code", digits=mailbox.code())
    for bad in ("short", f"{ANNA} and more"):
        page = browser.submit("/account/password", password=bad)
        assert (browser.status, page.heading) == (422, "Choose a password")
    assert browser.submit("/account/password", password=PASSWORD).heading == "You are online"


def test_a_proof_is_good_for_a_while_and_cannot_be_made_up(
    browser: Browser, mailbox: Mailbox, network: Database, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.click("No account yet, or the password forgotten?")
    browser.submit("/account/new", contact=ANNA)
    browser.submit("/code", digits=mailbox.code())
    token = browser.page.form("/account/password").fields["proof"]
    form = browser.page.form("/account/password")
    for forged in ("", "x", token[:-2], f"x{token}"):
        browser.page.forms[:] = [form]
        browser.submit("/account/password", proof=forged, password=PASSWORD)
        assert browser.status == 409
    clock.pass_by(minutes=16)
    browser.page.forms[:] = [form]
    browser.submit("/account/password", password=PASSWORD)
    assert browser.status == 409
    assert account(network).password_hash == "!"


def test_by_the_link_in_the_mail_the_password_is_chosen_in_any_browser(
    browser: Browser, mailbox: Mailbox, network: Database, radius: RadiusStandIn
) -> None:
    browser.go(WANTED)
    browser.click("No account yet, or the password forgotten?")
    browser.submit("/account/new", contact=ANNA)
    browser.go(mailbox.link())
    browser.submit("/confirm")
    assert browser.submit("/account/password", password=PASSWORD).heading == "Confirmed"
    with network.read() as db:
        assert db.scalars(select(models.DeviceGrant)).one().subject_key == str(account(network).id)
    assert radius.outcomes == []


def test_an_account_that_is_used_stays(
    browser: Browser,
    mailbox: Mailbox,
    network: Database,
    clock: Clock,
    radius: RadiusStandIn,
    chilli: FakeCoovaChilli,
) -> None:
    sign_up(browser, mailbox)
    radius.account(Status.START)
    radius.account(Status.STOP, seconds=1)
    clock.pass_by(days=200)
    chilli.logoff()
    browser.go(WANTED)
    browser.submit("/account", name=ANNA, password=PASSWORD)
    assert account(network).expires_at == clock() + timedelta(days=365)


def test_in_chromium_without_javascript(
    chromium: playwright.sync_api.Browser,
    app: Flask,
    settings: Settings,
    network: Database,
    secret_key: SecretStr,
    mailbox: Mailbox,
) -> None:
    radius = stand_in(network, secret_key)
    with (
        phone_of(chromium, javascript=False, locale="pl-PL") as page,
        portal.behind_coovachilli(settings, radius) as (_base, chilli, address),
    ):
        page.goto(address)
        page.get_by_role("link", name="Nie masz konta albo nie pamiętasz hasła?").click()
        page.get_by_label("Twój adres e-mail lub numer telefonu komórkowego").fill(ANNA)
        page.get_by_role("button", name="Wyślij mi kod").click()
        page.get_by_label("Kod z sześciu cyfr").fill(mailbox.code())
        page.get_by_role("main").get_by_role("button").first.click()
        page.get_by_label("Hasło do konta").fill(PASSWORD)
        page.get_by_role("button", name="Zapamiętaj i połącz się").click()
        expect(page.locator("h1.state")).to_be_visible()
        chilli.device = "02:11:22:33:44:56"
        page.goto(address)
        page.get_by_label("Adres e-mail, numer telefonu lub nazwa konta").fill(ANNA)
        page.get_by_label("Hasło do konta").fill(PASSWORD)
        page.get_by_role("button", name="Zaloguj się i połącz").click()
        expect(page.locator("h1.state")).to_be_visible()
    assert all(outcome.remembered is not None for outcome in radius.outcomes)
