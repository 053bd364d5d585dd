"""Whole journeys through Ruckus SmartZone: a real browser, its redirect, its portal interface, and real RADIUS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.smartzone import SmartZone
from captive_portal.gateways.smartzone import Named
from hotspots import models, vouchers
from hotspots.database import Database
from tests.captive_portal import portal
from tests.captive_portal.fake_smartzone import FakeSmartZone
from tests.captive_portal.phones import phone_of, reads, session
from tests.captive_portal.router_radius import RouterRadius
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

NAME = "belzyce-urzad-1"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One is enough: what is kept of these logins is kept of all that go by RADIUS."""
    return sqlite_database


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    house.set_access_point(make="ruckus", gateway="smartzone", controller="gmina")
    house.set_plan(session_seconds=3600)
    worker = Worker(house)
    yield worker
    worker.stop()


@pytest.fixture
def gateway(house: House, worker: Worker, base: str, tmp_path: Path) -> Iterator[FakeSmartZone]:
    radius = RouterRadius(ADDRESS, SECRET, worker.auth_port, worker.acct_port)
    gateway = FakeSmartZone(f"{base}/smartzone/{NAME}", NAME, radius)
    with gateway.listening(portal.certificate_of("smartzone.test", tmp_path)):
        sealed = house.database.vault.seal(SecretStr(gateway.interface_password))
        with house.database.write() as db:
            db.add(
                models.Controller(
                    name="gmina",
                    kind="smartzone",
                    url=gateway.base,
                    sealed_key=sealed,
                    certificate_sha256=portal.fingerprint_of(gateway.base),
                )
            )
        yield gateway


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium, javascript=False) as page:
        yield page


def _taps(phone: Page, gateway: FakeSmartZone) -> None:
    phone.goto(f"{gateway.base}/any")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()


def _refusals(house: House) -> list[str | None]:
    with house.database.read() as db:
        decision = models.LoginDecision
        return list(db.scalars(select(decision.reason).where(decision.reason.is_not(None)).order_by(decision.id)))


@pytest.mark.parametrize("encrypts", [True, False])
def test_a_tap_leads_online_and_a_logout_out_again(
    phone: Page, gateway: FakeSmartZone, house: House, encrypts: bool
) -> None:
    gateway.encrypts = encrypts
    _taps(phone, gateway)
    reads(phone, "You are online")
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
    assert session(house).device == gateway.device
    assert gateway.radius.replies[0].accepts

    phone.get_by_role("button", name="Log out").click()
    reads(phone, "You are offline")
    assert session(house).terminate_cause == "User-Request"
    assert gateway.granted is None
    assert gateway.asked == [*(["Decrypt"] if encrypts else []), "Login", "Logout"]
    with house.database.read() as db:
        assert db.scalars(select(models.SessionCommand)).all() == [], "the interface was asked, and no Disconnect"


def test_a_voucher_leads_online_though_it_takes_the_controller_a_while(
    phone: Page, gateway: FakeSmartZone, house: House
) -> None:
    code = house.voucher()
    gateway.pending, gateway.interface_user = 2, "portal"
    with house.database.write() as db:
        db.get_one(models.Controller, "gmina").user_name = "portal"
    phone.goto(f"{gateway.base}/any")
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill(vouchers.grouped(code))
    phone.get_by_role("button", name="Go online with the voucher").click()
    reads(phone, "You are online")
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
    assert session(house).subject_kind == "voucher"
    assert gateway.asked == ["Decrypt", "Login", "Status", "Status"]


def test_what_radius_refuses_is_told_why(phone: Page, gateway: FakeSmartZone) -> None:
    gateway.tells_radius = "02:99:99:99:99:99"
    _taps(phone, gateway)
    reads(phone, "This login was made for another device")
    assert gateway.granted is None
    gateway.tells_radius = None
    phone.get_by_role("link", name="Try again").click()
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")


def test_who_is_in_already_sees_nothing_of_that_session(phone: Page, gateway: FakeSmartZone) -> None:
    phone.goto(f"{gateway.base}/any")
    asked_at = phone.url
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    phone.goto(asked_at)
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar")).to_have_count(0)
    phone.get_by_role("button", name="Log out").click()
    reads(phone, "You are online")
    assert "Logout" not in gateway.asked, "whoever names a device has not proved to hold it"


def test_a_device_that_the_controller_cannot_read_or_does_not_see_stays_out(
    phone: Page, gateway: FakeSmartZone, house: House
) -> None:
    phone.goto(f"{gateway.page}?client_mac=ENC{'00' * 24}&uip=10.20.4.17")
    reads(phone, "This address was not made by our hotspot")
    assert _refusals(house) == ["device_unreadable"]
    assert gateway.asked == ["Decrypt"]
    gateway.connected = False
    _taps(phone, gateway)
    reads(phone, "This address was not made by our hotspot")
    assert _refusals(house) == ["device_unreadable", "visit_forged"]
    assert gateway.granted is None


def test_a_controller_that_cannot_be_asked_is_no_reason_to_despair(
    phone: Page, gateway: FakeSmartZone, house: House
) -> None:
    password = gateway.interface_password
    phone.goto(f"{gateway.base}/any")
    asked_at, gateway.broken = phone.url, True
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "We cannot check this just now")
    gateway.broken, gateway.interface_password = False, "another"
    phone.goto(asked_at)
    reads(phone, "We cannot check this just now")
    assert _refusals(house) == ["controller_silent"] * 2
    gateway.interface_password = password
    _taps(phone, gateway)
    reads(phone, "You are online")


def test_when_the_controller_is_away_a_logout_is_a_disconnect(
    phone: Page, gateway: FakeSmartZone, house: House
) -> None:
    _taps(phone, gateway)
    reads(phone, "You are online")
    gateway.broken = True
    phone.get_by_role("button", name="Log out").click()

    def asked_by() -> str | None:
        with house.database.read() as db:
            return db.scalar(select(models.SessionCommand.asked_by))

    assert eventually(asked_by) == "resident"


def test_a_stranger_is_told_no_password(phone: Page, gateway: FakeSmartZone, tmp_path: Path) -> None:
    stranger = FakeSmartZone(gateway.page, NAME, gateway.radius)
    with stranger.listening(portal.certificate_of("stranger.test", tmp_path)):
        gateway.nbi = stranger.base.removeprefix("https://")
        _taps(phone, gateway)
        reads(phone, "You are online")
        assert stranger.asked == []
        pinned = SmartZone(stranger.base, None, "a secret", portal.fingerprint_of(gateway.base))
        with pytest.raises(ControllerError, match="not trusted"):
            pinned.log_out(Named(gateway.device, "", "0"))
        assert stranger.asked == []


def test_in_the_name_of_another_gateway_nobody_comes(phone: Page, gateway: FakeSmartZone, house: House) -> None:
    house.set_access_point(gateway="ruckus")
    phone.goto(f"{gateway.base}/any")
    reads(phone, "This hotspot is not one of ours")
    assert gateway.asked == []
