"""Coming back: without a page where the device is known, with one tap where the phone has a new address."""

from __future__ import annotations

from hashlib import md5
from urllib.parse import urlsplit

import playwright.sync_api
import pytest
from flask import Flask
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import models
from hotspots.database import Database
from hotspots.policy import SubjectKind
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.page import Page
from tests.captive_portal.phones import phone_of
from tests.captive_portal.portal import UAM_SECRET
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_ways_in import WANTED

DEVICE, NEW_ADDRESS = "02:11:22:33:44:55", "02:aa:bb:cc:dd:ee"
FAR, NEAR = (51.2474, 22.5482), (51.1741, 22.28)
"""Twenty kilometres from the first hotspot, and across the square."""


def is_let_in_by_its_address(radius: RadiusStandIn, device: str) -> bool:
    """As a gateway asks before it shows any page; the password is whatever it is configured with."""
    return radius.authenticate(device, 1, md5(b"x", usedforsecurity=False).digest(), b"challenge", device)


def online(browser: Browser, radius: RadiusStandIn) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    browser.go(browser.address)


def link(browser: Browser) -> str:
    page = browser.submit("/return/link")
    assert page.heading == "Your link for coming back"
    assert "svg" in page.tags
    return page.links["Keep this link as a bookmark"]


def arrive_with(app: Flask, chilli: FakeCoovaChilli, address: str) -> tuple[Page, object]:
    """A browser that keeps cookies opens the link, and then the page that its gateway sends it to."""
    client = app.test_client()
    client.get(address.removeprefix(BASE), base_url=BASE)
    target = chilli.visit(WANTED)
    assert target is not None
    answer = client.get(target.removeprefix(BASE), base_url=BASE, headers={"Accept-Language": "en"})
    return Page(answer.get_data(as_text=True)), client


def add_place(network: Database, name: str, latitude: float, longitude: float) -> None:
    """A second hotspot, of the same gmina and make, under the same plan."""
    with network.write() as db:
        old = db.scalars(select(models.AccessPoint)).first()
        assert old is not None
        hotspot = models.Hotspot(
            slug=name, name="Rynek", authority_id=old.hotspot.authority_id, plan_id=old.hotspot.plan_id,
            place_kind="park", address="Rynek 1", latitude=latitude, longitude=longitude, declared_range_m=50,
            ssid="Powiat",
        )  # fmt: skip
        db.add(
            models.AccessPoint(
                name=name, nas_identifier=name, hotspot=hotspot, make="openwrt", gateway="coovachilli",
                address="127.0.1.9", sealed_secret=old.sealed_secret, sealed_uam_secret=old.sealed_uam_secret,
            )
        )  # fmt: skip


def test_one_grant_is_good_at_every_hotspot_without_a_page(
    browser: Browser, radius: RadiusStandIn, network: Database, clock: Clock
) -> None:
    online(browser, radius)
    add_place(network, "far-1", *FAR)
    radius.account(Status.STOP, seconds=60)
    clock.pass_by(hours=1)
    radius.nas_identifier = "far-1"
    assert is_let_in_by_its_address(radius, DEVICE)


def test_who_goes_across_the_square_while_they_are_online_sees_no_page(
    browser: Browser, radius: RadiusStandIn, network: Database, clock: Clock
) -> None:
    online(browser, radius)
    add_place(network, "near-1", *NEAR)
    clock.pass_by(minutes=1)
    radius.nas_identifier = "near-1"
    assert is_let_in_by_its_address(radius, DEVICE)


def test_an_address_that_is_online_elsewhere_is_told_why_it_is_asked_and_one_tap_is_enough(
    app: Flask, browser: Browser, radius: RadiusStandIn, network: Database, clock: Clock
) -> None:
    # given somebody online, and their address at a hotspot far away
    online(browser, radius)
    add_place(network, "far-1", *FAR)
    radius.nas_identifier = "far-1"
    there = Browser(app, FakeCoovaChilli(f"{BASE}/uam", UAM_SECRET, "far-1", radius.authenticate), BASE)
    assert not is_let_in_by_its_address(radius, DEVICE)

    # when it gets the page
    page = there.go(WANTED)
    assert "Is it you?" in page.text
    assert "online at another hotspot a moment ago" in page.text

    # then the first form of it is the tap, and it is enough
    assert page.forms[0].action == "/enter"
    assert there.submit("/enter").heading == "You are online"
    clock.pass_by(minutes=10)
    assert is_let_in_by_its_address(radius, DEVICE)


def test_an_address_that_the_phone_made_up_is_asked_again_after_a_fortnight(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, network: Database, clock: Clock
) -> None:
    with network.write() as db:
        db.scalars(select(models.ServicePlan)).one().remember_seconds = 30 * 24 * 3600
    radius.directory.refresh(clock())
    online(browser, radius)
    radius.account(Status.STOP, seconds=60)
    chilli.logoff()
    clock.pass_by(days=13, hours=23)
    assert is_let_in_by_its_address(radius, DEVICE)
    clock.pass_by(hours=2)
    assert not is_let_in_by_its_address(radius, DEVICE)

    assert "Is it still you?" in browser.go(WANTED).text
    assert browser.submit("/enter").heading == "You are online"
    clock.pass_by(days=13)
    assert is_let_in_by_its_address(radius, DEVICE)


def test_nobody_else_is_asked_whether_it_is_them(browser: Browser, radius: RadiusStandIn) -> None:
    assert not is_let_in_by_its_address(radius, DEVICE), "it was never here"
    assert "Is it" not in browser.go(WANTED).text


def test_a_new_address_comes_back_with_one_tap_and_is_the_same_person(
    app: Flask, browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, network: Database
) -> None:
    with network.write() as db:
        # What one address of a person may still use is set aside for it, and the other would get nothing meanwhile.
        db.scalars(select(models.ServicePlan)).one().daily_octets = None
    online(browser, radius)
    address = link(browser)
    assert address.startswith(f"{BASE}/return?key=")
    assert DEVICE.replace(":", "") not in address
    radius.account(Status.STOP, seconds=60)
    radius.directory.refresh(radius.clock())
    assert is_let_in_by_its_address(radius, DEVICE), "the old address is remembered as before"
    chilli.logoff()

    chilli.device = NEW_ADDRESS
    assert not is_let_in_by_its_address(radius, NEW_ADDRESS)
    page, client = arrive_with(app, chilli, address)
    assert page.forms[0].action == "/return"
    answer = client.post("/return", data=page.form("/return").fields, base_url=BASE)  # type: ignore[attr-defined]
    chilli.visit(answer.headers["Location"])

    assert chilli.client().authenticated
    assert is_let_in_by_its_address(radius, NEW_ADDRESS)
    with network.read() as db:
        grants = db.scalars(select(models.DeviceGrant)).all()
    assert {grant.subject_kind for grant in grants} == {SubjectKind.RESIDENT.value}
    assert len({grant.subject_key for grant in grants}) == 1


def test_the_same_device_gets_the_same_link_s_owner(
    browser: Browser, radius: RadiusStandIn, network: Database
) -> None:
    online(browser, radius)
    status = browser.address
    link(browser)
    browser.go(status)
    link(browser)
    with network.read() as db:
        assert len(db.scalars(select(models.Account)).all()) == 1


@pytest.mark.parametrize("key", ["", "x", "WzEsOTk5OTk5OTk5OV0.AAAA"])
def test_a_key_that_is_not_ours_lets_nobody_in(
    app: Flask, chilli: FakeCoovaChilli, browser: Browser, key: str, radius: RadiusStandIn
) -> None:
    page, client = arrive_with(app, chilli, f"{BASE}/return?key={key}")
    assert [form.action for form in page.forms] == ["/enter", "/voucher"]
    client.set_cookie("return", key, domain="portal.example.pl", secure=True)  # type: ignore[attr-defined]
    answer = client.post("/return", data=page.form("/enter").fields, base_url=BASE)  # type: ignore[attr-defined]
    assert answer.status_code == 403
    assert radius.outcomes == []


def test_a_link_is_over_with_its_account(
    app: Flask, browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, network: Database, clock: Clock
) -> None:
    online(browser, radius)
    address = link(browser)
    with network.write() as db:
        db.delete(db.scalars(select(models.Account)).one())
    chilli.logoff()
    page, _ = arrive_with(app, chilli, address)
    assert page.forms[0].action != "/return"
    clock.pass_by(days=8)
    assert browser.go(address).heading == "This link is over"


def test_who_came_with_a_voucher_or_is_not_remembered_has_no_link(
    browser: Browser, radius: RadiusStandIn, network: Database, secret_key: SecretStr
) -> None:
    browser.go(WANTED)
    browser.submit("/voucher", code=make_voucher(network, secret_key))
    radius.account(Status.START)
    browser.go(browser.address)
    assert browser.submit("/return/link").heading == "No link for coming back"
    with network.write() as db:
        db.scalars(select(models.ServicePlan)).one().remember_seconds = None
    browser.click("How I stand")
    assert not any(form.action == "/return/link" for form in browser.page.forms)


def test_in_chromium_by_the_link(
    chromium: playwright.sync_api.Browser, settings: Settings, network: Database, secret_key: SecretStr
) -> None:
    radius = stand_in(network, secret_key)
    with (
        phone_of(chromium, javascript=False) as page,
        portal.behind_coovachilli(settings, radius) as (base, chilli, address),
    ):
        page.goto(address)
        page.get_by_role("button", name="Go online", exact=True).click()
        radius.account(Status.START)
        page.get_by_role("link", name="Update now").click()
        page.get_by_role("button", name="A link for coming back").click()
        href = page.get_by_role("link", name="Keep this link as a bookmark").get_attribute("href")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.context.clear_cookies()
        radius.account(Status.STOP, seconds=1)

        chilli.device = NEW_ADDRESS
        page.goto(href or "")
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
        page.goto(address)
        page.get_by_role("button", name="Go online as before").click()
        expect(page.locator("h1.state")).to_be_visible()
        assert urlsplit(href or "").netloc == urlsplit(base).netloc


@pytest.mark.parametrize(
    ("language", "question", "button"),
    [
        ("pl", "Czy to Ty?", "Połącz z Internetem"),
        ("uk", "Це ви?", "Підключитися до інтернету"),
    ],
)
def test_in_chromium_where_the_address_is_online_elsewhere(
    chromium: playwright.sync_api.Browser,
    settings: Settings,
    network: Database,
    secret_key: SecretStr,
    language: str,
    question: str,
    button: str,
) -> None:
    radius = stand_in(network, secret_key)
    with (
        phone_of(chromium, javascript=False, locale=language) as page,
        portal.behind_coovachilli(settings, radius) as (_base, chilli, address),
    ):
        page.goto(address)
        expect(page.get_by_text(question)).to_be_hidden()
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("h1.state")).to_be_visible()
        radius.account(Status.START)

        add_place(network, "far-1", *FAR)
        chilli.nas_identifier = radius.nas_identifier = "far-1"
        chilli.clients.clear()
        assert not is_let_in_by_its_address(radius, DEVICE)
        page.goto(address)
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("h1.state")).to_be_visible()
        assert is_let_in_by_its_address(radius, DEVICE)
