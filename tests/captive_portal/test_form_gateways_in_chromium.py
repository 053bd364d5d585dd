"""Whole journeys through Aruba, Cisco and Omada: a real browser, their redirects and forms, real RADIUS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from hotspots import models, vouchers
from tests.captive_portal import portal
from tests.captive_portal.fake_form_gateways import FakeAruba, FakeCisco, FormGateway
from tests.captive_portal.fake_omada import REFUSED, FakeOmada
from tests.captive_portal.page import Page as ReadPage
from tests.captive_portal.phones import comes_back, phone_of, reads, session
from tests.captive_portal.router_radius import RouterRadius
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

NAME = "belzyce-urzad-1"
GATEWAYS: dict[str, type[FormGateway]] = {"aruba": FakeAruba, "cisco": FakeCisco, "omada": FakeOmada}


@pytest.fixture(params=GATEWAYS)
def gateway(request: pytest.FixtureRequest, house: House, base: str, tmp_path: Path) -> Iterator[FormGateway]:
    house.set_access_point(make=request.param, gateway=request.param)
    house.set_plan(session_seconds=3600)
    worker = Worker(house)
    radius = RouterRadius(ADDRESS, SECRET, worker.auth_port, worker.acct_port)
    gateway = GATEWAYS[request.param](f"{base}/{request.param}/{NAME}", NAME, radius)
    with gateway.listening(portal.certificate_of("gateway.test", tmp_path)):
        yield gateway
    worker.stop()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium) as page:
        yield page


def _commands(house: House) -> Sequence[models.SessionCommand]:
    with house.database.read() as db:
        return db.scalars(select(models.SessionCommand)).all()


def test_a_tap_leads_online_and_a_logout_out_again(phone: Page, gateway: FormGateway, house: House) -> None:
    phone.goto(f"{gateway.base}/any")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
    assert session(house).device == gateway.device

    phone.get_by_role("button", name="Log out").click()
    if isinstance(gateway, FakeAruba):
        reads(phone, "User logged out")
        assert session(house).terminate_cause == "User-Request"
    else:
        # The page stays as it is until the Stop: what the tap did is in the database.
        assert eventually(lambda: _commands(house))[0].asked_by == "resident"


def test_a_voucher_leads_online(phone: Page, gateway: FormGateway, house: House) -> None:
    code = house.voucher()
    phone.goto(f"{gateway.base}/any")
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill(vouchers.new_code())
    phone.get_by_role("button", name="Go online with the voucher").click()
    expect(phone.get_by_role("main")).to_contain_text("We do not know this voucher")
    phone.get_by_label("Voucher code").fill(code)
    phone.get_by_role("button", name="Go online with the voucher").click()

    reads(phone, "You are online")
    assert session(house).subject_kind == "voucher"


@pytest.mark.parametrize("gateway", ["aruba", "cisco"], indirect=True)
def test_what_radius_refuses_is_told_why(phone: Page, gateway: FormGateway) -> None:
    phone.goto(f"{gateway.base}/any")
    asked_at, asked, gateway.device = phone.url, gateway.device, "02:99:99:99:99:99"
    phone.get_by_role("button", name="Go online", exact=True).click()

    # Neither passes the reason on, and RADIUS writes it down a moment after it has answered.
    heading = phone.get_by_role("heading", level=1)
    comes_back(phone, asked_at)
    expect(heading).to_be_visible()
    reason = "This login was made for another device"
    eventually(lambda: phone.reload() and heading.inner_text() == reason)
    assert asked != gateway.device


@pytest.mark.parametrize("gateway", ["omada"], indirect=True)
def test_omada_shows_its_own_answer_to_whom_radius_refuses(phone: Page, gateway: FormGateway) -> None:
    phone.route("**/portal/radius/browserauth", _with_another_password)
    phone.goto(f"{gateway.base}/any")
    phone.get_by_role("button", name="Go online", exact=True).click()
    expect(phone.locator("body")).to_contain_text(str(REFUSED))
    assert gateway.granted is None


def _with_another_password(route: Route) -> None:
    assert route.request.post_data is not None
    route.continue_(post_data=route.request.post_data.replace("password=", "password=not-"))


def test_in_the_name_of_another_gateway_nobody_comes(phone: Page, gateway: FormGateway, house: House) -> None:
    house.set_access_point(gateway="coovachilli")
    response = phone.goto(f"{gateway.base}/any")
    assert response is not None
    assert response.status == 403
    assert ReadPage(response.text()).heading == "This hotspot is not one of ours"
