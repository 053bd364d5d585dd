"""Whole journeys through uspot: a real browser, the redirects that it writes, real RADIUS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hotspots import vouchers
from tests.captive_portal.fake_uspot import FakeUspot
from tests.captive_portal.phones import phone_of, reads, session
from tests.captive_portal.router_radius import RouterRadius
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually


@pytest.fixture(params=[True, False], ids=["encoding", "not-encoding"])
def access_point(request: pytest.FixtureRequest, house: House, base: str) -> Iterator[FakeUspot]:
    house.set_access_point(gateway="uspot")
    house.set_plan(session_seconds=3600, remember_seconds=86_400)
    worker = Worker(house)
    radius = RouterRadius(ADDRESS, SECRET, worker.auth_port, worker.acct_port)
    access_point = FakeUspot(f"{base}/uam", "uam secret", "belzyce-urzad-1", radius, encodes=request.param)
    with access_point.listening():
        yield access_point
    worker.stop()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium, javascript=False) as page:
        yield page


def test_a_tap_leads_online_and_a_logout_out_again(phone: Page, access_point: FakeUspot, house: House) -> None:
    phone.goto(f"{access_point.base}/any?with=a&query=string")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    phone.reload()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
    assert session(house).device == access_point.client.mac

    phone.get_by_role("button", name="Log out").click()
    reads(phone, "You are logged out")
    assert session(house).terminate_cause == "User-Request"
    again = phone.get_by_role("link", name="Go online again").get_attribute("href")
    assert again == "http://127.0.0.1/hotspot/"


def test_a_voucher_leads_online(phone: Page, access_point: FakeUspot, house: House) -> None:
    code = house.voucher()
    phone.goto(f"{access_point.base}/any")
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill(vouchers.new_code())
    phone.get_by_role("button", name="Go online with the voucher").click()
    expect(phone.get_by_role("main")).to_contain_text("We do not know this voucher")
    phone.get_by_label("Voucher code").fill(code)
    phone.get_by_role("button", name="Go online with the voucher").click()

    reads(phone, "You are online")
    assert session(house).subject_kind == "voucher"


def test_what_radius_refuses_is_told_why(phone: Page, access_point: FakeUspot) -> None:
    phone.goto(f"{access_point.base}/any")
    access_point.client.mac = "02:99:99:99:99:99"
    phone.get_by_role("button", name="Go online", exact=True).click()

    # Another device has another challenge, so the ticket's password does not fit. This uspot does not pass the reason
    # on, and RADIUS writes it down a moment after it has answered.
    heading = phone.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    eventually(
        lambda: phone.reload() and heading.inner_text() == "The hotspot did not pass your login on as we sent it"
    )
    phone.get_by_role("link", name="Try again").click()
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")


def test_a_remembered_device_comes_back_without_a_page(phone: Page, access_point: FakeUspot) -> None:
    access_point.mac_auth = True
    phone.goto(f"{access_point.base}/any")
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    access_point.client.granted = None  # uspot was restarted: it keeps nothing

    phone.goto(f"{access_point.base}/any")

    reads(phone, "You are online")
    assert access_point.client.user_name == access_point.client.mac
