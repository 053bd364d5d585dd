"""The residents' pages in a real browser: what only a browser enforces, such as form-action over redirects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from hotspots.database import Database
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in


@pytest.fixture
def radius(network: Database, secret_key: SecretStr) -> RadiusStandIn:
    return stand_in(network, secret_key)


@pytest.fixture
def start(network: Database, settings: Settings, radius: RadiusStandIn) -> Iterator[str]:
    """Portal and gateway on loopback; the address of a page behind the gateway."""
    with portal.behind_coovachilli(settings, radius) as (_base, _chilli, address):
        yield address


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Without JavaScript, as wide as the smallest phone; a complaint in the console fails the test."""
    complaints: list[str] = []
    with phone_of(chromium, javascript=False) as page:
        page.on("console", lambda message: complaints.append(message.text))
        yield page
    assert [text for text in complaints if "the server responded with a status of 4" not in text] == []


def test_a_tap_leads_through_the_gateway_and_back(phone: Page, start: str, radius: RadiusStandIn) -> None:
    phone.goto(start)
    phone.get_by_role("button", name="Go online", exact=True).click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("You are online")
    radius.account(Status.START)
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()
    phone.get_by_role("button", name="Log out").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are logged out")


def test_the_keyboard_is_enough(phone: Page, start: str) -> None:
    phone.goto(start)
    names = []
    for _ in range(6):
        phone.keyboard.press("Tab")
        names.append(phone.locator(":focus").inner_text())
    assert names == ["Skip to the content", "Polski", "Українська", "Deutsch", "Go online", "terms of use"]

    phone.keyboard.press("Shift+Tab")
    assert phone.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are online")


def test_a_mistake_in_the_code_is_read_out_with_its_field(phone: Page, start: str) -> None:
    phone.goto(start)
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill("abcd")
    phone.get_by_role("button", name="Go online with the voucher").click()

    field = phone.get_by_role("textbox", name="Voucher code")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("abcd")
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "Mistake: A code has 12 characters; you typed 4." in phone.locator(f"#{described[-1]}").inner_text()


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("path", ["/", "/terms", "/privacy?authority=belzyce", "/help", "/uam", "/nowhere"])
def test_nothing_is_wider_than_the_smallest_phone(
    chromium: Browser, start: str, phone: Page, path: str, language: str
) -> None:
    phone.goto(start)
    portal = phone.url.partition("/uam")[0]
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    separator = "&" if "?" in path else "?"
    page.goto(f"{portal}{path}{separator}lang={language}")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320
