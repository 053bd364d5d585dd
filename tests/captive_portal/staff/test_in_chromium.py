"""The dashboards in a real browser: the chart under the strict content policy, and pages without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from captive_portal.app import create_app
from hotspots.settings import Settings
from tests.captive_portal.conftest import Clock
from tests.captive_portal.staff.town import PHONE, Town

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def portal(settings: Settings, town: Town, clock: Clock) -> Iterator[str]:
    """The portal on loopback, without TLS."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(settings.model_copy(update={"portal_base_url": base}), clock)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield base
    server.shutdown()
    server.server_close()
    thread.join()


def _page(chromium: Browser, width: int, *, scripts: bool, scheme: str = "light") -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
        locale="en-GB",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    return context.new_page()


def _sign_in(page: Page, portal: str, town: Town, name: str = "anna") -> None:
    page.goto(f"{portal}/staff/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(town.passwords[name])
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chart_is_drawn_under_the_strict_policy(
    chromium: Browser, portal: str, town: Town, scheme: str
) -> None:
    page = _page(chromium, 1280, scripts=True, scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    _sign_in(page, portal, town)

    chart = page.locator("#chart")
    chart.locator(".legendtext").first.wait_for()
    assert chart.locator(".legendtext").all_text_contents() == ["Down", "Up"]
    # The layers of the drawing lie upon each other only where its styles are in force.
    boxes = [box.bounding_box() for box in chart.locator("svg.main-svg").all()]
    assert len({(box["x"], box["y"]) for box in boxes if box}) == 1
    # Plotly carries maps, which this page has none of, and whose styles the policy turns away.
    assert len([text for text in complaints if "Applying inline style" in text]) == len(complaints) <= 1
    page.context.close()


def test_a_clerk_without_scripts_disconnects_a_device_on_a_small_screen(
    chromium: Browser, portal: str, town: Town
) -> None:
    page = _page(chromium, 320, scripts=False)
    _sign_in(page, portal, town, "jan")
    assert page.get_by_role("heading", level=1).inner_text() == "Overview"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_role("button", name=f"Disconnect {PHONE}").click()
    assert "Asked for by jan" in page.locator(".steps").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    page.context.close()


def test_the_printed_page_holds_only_cards(chromium: Browser, portal: str, town: Town) -> None:
    page = _page(chromium, 1280, scripts=True)
    _sign_in(page, portal, town)
    page.goto(f"{portal}/staff/vouchers/{town.our_batch}/print")
    assert page.get_by_role("button", name="Print").is_visible()

    page.emulate_media(media="print")
    assert page.locator(".cards svg").first.is_visible()
    for hidden in ("header", "h1", "#print"):
        assert not page.locator(hidden).first.is_visible()
    page.context.close()
