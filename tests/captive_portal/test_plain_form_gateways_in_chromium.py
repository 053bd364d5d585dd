"""Whole journeys through Cambium, Ruckus, FortiGate and Meraki: a real browser, their redirects and forms, real RADIUS.

What these do after a login is a setting of theirs, but for Meraki, which comes back to the status page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from captive_portal.gateways import cambium, ruckus
from hotspots import models, vouchers
from tests.captive_portal import portal
from tests.captive_portal.fake_form_gateways import FakeCambium, FakeFortinet, FakeMeraki, FakeRuckus, FormGateway
from tests.captive_portal.phones import comes_back, phone_of, reads, session
from tests.captive_portal.router_radius import RouterRadius
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

NAME = "belzyce-urzad-1"
Fake = FakeCambium | FakeFortinet | FakeMeraki | FakeRuckus
GATEWAYS: dict[str, type[Fake]] = {
    "cambium": FakeCambium,
    "fortinet": FakeFortinet,
    "meraki": FakeMeraki,
    "ruckus": FakeRuckus,
}


@pytest.fixture(params=GATEWAYS)
def gateway(
    request: pytest.FixtureRequest, house: House, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Fake]:
    house.set_access_point(make=request.param, gateway=request.param)
    house.set_plan(session_seconds=3600)
    worker = Worker(house)
    radius = RouterRadius(ADDRESS, SECRET, worker.auth_port, worker.acct_port)
    gateway = GATEWAYS[request.param](f"{base}/{request.param}/{NAME}", NAME, radius)
    encrypted = isinstance(gateway, FakeMeraki)
    with gateway.listening(portal.certificate_of(FakeMeraki.cloud, tmp_path) if encrypted else None) as page:
        # Their ports are fixed; here a free one stands for them.
        for module in (cambium, ruckus):
            monkeypatch.setattr(module, "PORT", urlsplit(gateway.base).port)
        if not isinstance(gateway, FakeMeraki):
            gateway.after = page
        yield gateway
    worker.stop()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium) as page:
        yield page


def test_a_tap_leads_online(phone: Page, gateway: Fake, house: House) -> None:
    phone.goto(f"{gateway.base}/any")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online" if isinstance(gateway, FakeMeraki) else "The open Internet")
    assert session(house).device == gateway.device

    if isinstance(gateway, FakeMeraki):
        phone.get_by_role("link", name="Update now").click()
        expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
        phone.get_by_role("button", name="Log out").click()
        eventually(lambda: _asked_to_end(house))
    if isinstance(gateway, FakeRuckus):
        phone.goto(f"{gateway.base}/logout")
        assert session(house).terminate_cause == "User-Request"


def _asked_to_end(house: House) -> bool:
    with house.database.read() as db:
        return db.scalar(select(models.SessionCommand.asked_by)) == "resident"


def test_a_voucher_leads_online(phone: Page, gateway: Fake, house: House) -> None:
    code = house.voucher()
    phone.goto(f"{gateway.base}/any")
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill(vouchers.grouped(code))
    phone.get_by_role("button", name="Go online with the voucher").click()
    reads(phone, "You are online" if isinstance(gateway, FakeMeraki) else "The open Internet")
    assert session(house).subject_kind == "voucher"


def test_another_device_than_the_page_was_made_for_stays_out(phone: Page, gateway: Fake, house: House) -> None:
    phone.goto(f"{gateway.base}/any")
    asked_at, gateway.device = phone.url, "02:99:99:99:99:99"
    phone.get_by_role("button", name="Go online", exact=True).click()
    if isinstance(gateway, FakeCambium):
        heading = phone.get_by_role("heading", level=1)
        comes_back(phone, asked_at)
        eventually(lambda: phone.reload() and heading.inner_text() == "This login was made for another device")
    else:
        # They say nothing of a refusal: the login page comes again.
        expect(phone.get_by_role("button", name="Go online", exact=True)).to_be_visible()
        assert eventually(lambda: _reason(house)) == "ticket_other_device"
    assert gateway.granted is None


def _reason(house: House) -> str | None:
    with house.database.read() as db:
        return db.scalar(select(models.LoginDecision.reason).where(models.LoginDecision.at_door == "radius"))


def test_in_the_name_of_another_gateway_nobody_comes(phone: Page, gateway: FormGateway, house: House) -> None:
    house.set_access_point(gateway="coovachilli")
    phone.goto(f"{gateway.base}/any")
    reads(phone, "This hotspot is not one of ours")
