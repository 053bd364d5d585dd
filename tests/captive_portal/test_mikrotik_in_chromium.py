"""Whole journeys through a RouterOS hotspot: a real browser, the router's pages as we render them, real RADIUS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from hotspots import models, vouchers
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.fake_routeros import FakeRouterOS
from tests.captive_portal.phones import phone_of
from tests.captive_portal.router_radius import INTERIM, MIKROTIK, RouterRadius
from tests.captive_portal.routeros_house import Phone, rendered_pages, router_of
from tests.radius.running import ADDRESS, House, Worker, eventually


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    house.set_access_point(make="mikrotik", gateway="mikrotik")
    house.set_plan(session_seconds=4 * 3600, rate_up_bps=512_000, rate_down_bps=2_000_000, remember_seconds=86_400)
    running = Worker(house)
    yield running
    running.stop()


@pytest.fixture
def router(worker: Worker, base: str) -> Iterator[FakeRouterOS]:
    router = router_of(worker)
    with router.listening():
        router.pages = rendered_pages(base, router.base)
        yield router


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def phone(request: pytest.FixtureRequest, chromium: Browser, router: FakeRouterOS) -> Iterator[Phone]:
    complaints: list[str] = []
    with phone_of(chromium, javascript=request.param) as page:
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        yield Phone(page, router, javascript=request.param)
    refused = "the server responded with a status of 4"
    assert [text for text in complaints if text.startswith("error") and refused not in text] == []


def session(house: House) -> models.Session:
    with house.database.read() as db:
        return db.scalars(select(models.Session).order_by(models.Session.id.desc()).limit(1)).one()


@pytest.mark.parametrize("login_by", ["http-chap", "http-pap"])
def test_a_tap_leads_online_and_a_logout_out_again(
    phone: Phone, router: FakeRouterOS, house: House, login_by: str
) -> None:
    router.login_by = [login_by]
    phone.joins()
    phone.reads("Urząd")
    phone.taps()
    phone.reads("You are online")

    accept = router.radius.replies[0]
    assert accept.accepts
    assert accept.vendor(MIKROTIK, 8) == b"512k/2M", "the rate limit as the router reads it: upload first"
    assert session(house).device == router.device
    phone.page.goto(f"{router.base}/any")
    phone.reads("The open Internet")
    phone.page.go_back()
    phone.reads("You are online")

    router.account(INTERIM, up=3_000_000, down=20_000_000, seconds=60)
    eventually(lambda: session(house).octets_down)
    phone.page.get_by_role("link", name="Update now").click()
    expect(phone.page.get_by_role("main")).to_contain_text("23 MB")
    phone.button("Log out")
    phone.passes_the_routers_page()
    phone.reads("You are logged out")
    stopped = session(house)
    assert (stopped.terminate_cause, stopped.octets_up) == ("User-Request", 3_000_000)
    phone.page.get_by_role("link", name="Go online again").click()
    phone.passes_the_routers_page()
    phone.reads("Urząd")


def test_a_voucher_leads_online(phone: Phone, router: FakeRouterOS, house: House) -> None:
    code = house.voucher()
    phone.joins()
    phone.types(vouchers.grouped(code).lower())
    phone.spared("Go on")

    phone.reads("You are online")
    assert session(house).subject_kind == "voucher"


def test_a_wrong_voucher_is_told_why(phone: Phone, router: FakeRouterOS, house: House) -> None:
    phone.joins()
    phone.types("K7QF-2M9X-PT4")
    expect(phone.page.get_by_role("main")).to_contain_text("A code has 12 characters; you typed 11.")
    phone.page.get_by_label("Voucher code").fill(vouchers.new_code())
    phone.button("Go online with the voucher")
    expect(phone.page.get_by_role("main")).to_contain_text("We do not know this voucher")
    assert router.radius.replies == []


def test_what_radius_refuses_is_told_why(phone: Phone, router: FakeRouterOS) -> None:
    phone.joins()
    phone.reads("Urząd")
    # The page is open on one device, and its ticket is used on another.
    challenge = router.host().challenge
    router.device = "02:99:99:99:99:99"
    router.host().challenge = challenge
    phone.taps()
    phone.passes_the_routers_page()

    phone.reads("This login was made for another device")
    assert router.errors == ["ticket_other_device"]
    phone.page.get_by_role("link", name="Try again").click()
    phone.taps()
    phone.reads("You are online")


def test_radius_that_does_not_answer_is_told_too(phone: Phone, router: FakeRouterOS) -> None:
    router.radius = RouterRadius(ADDRESS, b"another secret", *router.radius.ports, timeout_seconds=0.2)
    phone.joins()
    phone.taps()
    phone.passes_the_routers_page()

    phone.reads("We cannot check this just now")
    assert router.errors == ["RADIUS server is not responding"]


def test_a_remembered_device_comes_back_without_a_page(phone: Phone, router: FakeRouterOS) -> None:
    router.login_by = ["mac", "http-chap"]
    phone.joins()
    phone.taps()
    phone.reads("You are online")
    router.hosts.clear()  # the device went away and came back

    phone.joins()

    phone.reads("The open Internet")
    assert router.host().user_name == "02:11:22:33:44:55"


@pytest.fixture
def far_router(worker: Worker, settings: Settings, tmp_path: Path) -> Iterator[FakeRouterOS]:
    """As it is in the field: the portal is encrypted, the router is not, and neither is this machine by its name."""
    router = router_of(worker)
    tls = portal.certificate_of("portal.test", tmp_path)
    with portal.serving(settings, "portal.test", tls) as base, router.listening("router.test"):
        router.pages = rendered_pages(base, router.base)
        yield router


@pytest.fixture
def stranger(chromium: Browser, far_router: FakeRouterOS) -> Iterator[Phone]:
    context = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    yield Phone(context.new_page(), far_router, javascript=True)
    context.close()


def test_an_encrypted_portal_and_a_plain_router_make_no_browser_warn(
    stranger: Phone, far_router: FakeRouterOS
) -> None:
    stranger.joins()
    stranger.button("Go online")
    stranger.reads("You are online")
    stranger.button("Log out")
    stranger.reads("You are logged out")
    assert far_router.host().granted is None


def test_a_scanned_voucher_survives_the_redirect_of_the_gateway(
    stranger: Phone, far_router: FakeRouterOS, house: House
) -> None:
    code = vouchers.grouped(house.voucher())
    base = far_router.pages["login.html"].partition('action="')[2].partition("/mikrotik")[0]
    stranger.page.goto(f"{base}/?voucher={code}")
    stranger.reads("Your voucher")
    expect(stranger.page.get_by_role("main")).to_contain_text("Join the Wi-Fi first.")

    # Later, behind the gateway, whose page posts to the portal from another site.
    stranger.joins()
    expect(stranger.page.get_by_label("Voucher code")).to_have_value(code)
    stranger.button("Go online with the voucher")

    stranger.reads("You are online")
    assert session(house).subject_kind == "voucher"
    assert [cookie["name"] for cookie in stranger.page.context.cookies() if cookie["name"] == "voucher"] == []
