"""WiFi4EU: its snippet on the login page of its hotspots alone, and logins that its collector cannot hold up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from config_templates import from_inventory
from hotspots import keys, models
from hotspots.database import Database
from hotspots.logins.tickets import TicketDesk
from hotspots.public_pages.ways_in import WIFI4EU_COLLECTOR
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_ways_in import WANTED

NETWORK = "123e4567-e89b-42d3-a456-426614174000"
SCRIPT = f"https://{WIFI4EU_COLLECTOR}/wifi4eu.min.js"


@pytest.fixture
def of_wifi4eu(network: Database) -> Database:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.wifi4eu_network, hotspot.ways_in = NETWORK, ["tap"]
    return network


def test_the_snippet_is_first_in_the_head_and_never_tests_itself(of_wifi4eu: Database, browser: Browser) -> None:
    page = browser.go(WANTED)
    head = page.html.partition("<head>")[2].lstrip()
    assert head.startswith("<script>var wifi4euTimerStart = Date.now();")
    assert f'wifi4euNetworkIdentifier = "{NETWORK}"' in head
    assert head.index(f'<script async src="{SCRIPT}">') < head.index("<meta")
    assert "selftestModus" not in page.html


def test_the_policy_makes_the_exception_for_this_page_alone(of_wifi4eu: Database, browser: Browser) -> None:
    browser.go(WANTED)
    policy = browser.response.headers["Content-Security-Policy"]
    assert f"https://{WIFI4EU_COLLECTOR}" in policy
    assert "unsafe" not in policy
    browser.click("Terms of use")
    assert WIFI4EU_COLLECTOR not in browser.response.headers["Content-Security-Policy"]
    assert WIFI4EU_COLLECTOR not in browser.page.html


def test_other_hotspots_load_nothing_from_elsewhere(network: Database, browser: Browser) -> None:
    assert WIFI4EU_COLLECTOR not in browser.go(WANTED).html
    assert WIFI4EU_COLLECTOR not in browser.response.headers["Content-Security-Policy"]


def test_the_walled_garden_has_the_collector(of_wifi4eu: Database, settings: Settings) -> None:
    with of_wifi4eu.write() as db:
        point = db.scalars(select(models.AccessPoint)).one()
        given: dict[str, Any] = {"radius_secret": SecretStr("r" * 20), "uam_secret": SecretStr("u" * 20)}
        addresses = {"radius_addresses": ["10.0.0.1"]}
        assert WIFI4EU_COLLECTOR in from_inventory.intent(point, settings, **given, **addresses).walled_garden
        point.hotspot.wifi4eu_network = None
        assert from_inventory.intent(point, settings, **given, **addresses).walled_garden == ()


@pytest.mark.parametrize("collector", ["answers", "is down", "never answers"])
def test_in_chromium_the_login_goes_on_whatever_the_collector_does(
    chromium: playwright.sync_api.Browser,
    of_wifi4eu: Database,
    settings: Settings,
    secret_key: SecretStr,
    collector: str,
) -> None:
    tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
    voucher_key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    radius = RadiusStandIn(of_wifi4eu, "belzyce-urzad-1", tickets, voucher_key, lambda: datetime.now(UTC))
    context = chromium.new_context(locale="pl-PL")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    banner = "document.getElementById('wifi4eubanner').title = wifi4euNetworkIdentifier + wifi4euLanguage"
    held: list[playwright.sync_api.Route] = []
    act = {
        "answers": lambda route: route.fulfill(body=banner, content_type="text/javascript"),
        "is down": lambda route: route.abort("connectionrefused"),
        # Playwright takes functions of Python alone.
        "never answers": lambda route: held.append(route),  # noqa: PLW0108
    }
    page.route(SCRIPT, act[collector])
    with portal.behind_coovachilli(settings, radius) as (_base, _chilli, address):
        page.goto(address, wait_until="commit")
        if collector == "answers":
            expect(page.locator("#wifi4eubanner")).to_have_attribute("title", f"{NETWORK}pl")
        page.locator("button.first").click(no_wait_after=True)
        expect(page.locator("h1.state")).to_be_visible()
    context.close()
    assert [text for text in complaints if "Content Security Policy" in text] == []
