"""A journey through a RouterOS hotspot of the example: the rendered pages as they are, the whole system, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from ruamel.yaml import YAML

import hotspots
from tests.captive_portal.fake_routeros import FakeRouterOS
from tests.captive_portal.router_radius import INTERIM, RouterRadius
from tests.config_templates import ros_reader
from tests.end_to_end.installation import Installation

NAME = "belzyce-rynek-1"
ADDRESS = "127.0.77.2"
EXAMPLE = Path(hotspots.__file__).with_name("example") / "powiat-lubelski.yaml"


def _import_with_our_address(installation: Installation) -> None:
    yaml = YAML()
    document = yaml.load(EXAMPLE)
    places = [place for authority in document["authorities"] for place in authority.get("hotspots", [])]
    points = [point for place in places for point in place["access_points"]]
    (point,) = [point for point in points if point["name"] == NAME]
    point["address"] = ADDRESS
    path = installation.folder / "inventory.yaml"
    yaml.dump(document, path)
    installation.command("inventory", "import", str(path))


@pytest.fixture
def router(installation: Installation) -> Iterator[FakeRouterOS]:
    """The router as the rendered files set it up: its address, its pages, its RADIUS secret."""
    installation.start()
    installation.wait_for("hotspots simulate")
    _import_with_our_address(installation)
    installation.command("config", "render", NAME, "--out", "router")
    folder = installation.folder / "router"
    script = {each.menu: each.arguments for each in ros_reader.read((folder / "access-point.rsc").read_text())}
    ports = installation.ports
    radius = RouterRadius(ADDRESS, script["/radius"]["secret"].encode(), ports["auth"], ports["acct"])
    profile = script["/ip hotspot profile"]
    router = FakeRouterOS(script["/system identity"]["name"], radius, login_by=profile["login-by"])
    router.pages = {path.name: path.read_text() for path in (folder / "hotspot").iterdir()}
    with router.listening():
        router.base = f"http://{profile['hotspot-address']}"
        yield router


@pytest.fixture
def phone(router: FakeRouterOS) -> Iterator[Page]:
    """Behind the router: its address, and any page there is, are answered by it."""
    rules = f"MAP {router.base.removeprefix('http://')} {router.served_at},MAP *.example {router.served_at}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", f"--host-resolver-rules={rules}"],
        )
        page = browser.new_page(locale="pl-PL", viewport={"width": 390, "height": 844})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def _reads(phone: Page, heading: str) -> None:
    expect(phone.get_by_role("heading", level=1)).to_have_text(heading, timeout=60_000)


def test_a_resident_of_a_routeros_hotspot(installation: Installation, router: FakeRouterOS, phone: Page) -> None:
    phone.goto("http://news.example/today")
    _reads(phone, "Rynek w Bełżycach")
    phone.locator("button.first").click()
    _reads(phone, "Masz połączenie z Internetem")
    phone.goto("http://news.example/today")
    _reads(phone, "The open Internet")

    router.account(INTERIM, up=1_000_000, down=9_000_000, seconds=60)
    (row,) = installation.command("session", "list")
    assert (row["octets_up"], row["octets_down"]) == (1_000_000, 9_000_000)
    phone.go_back()
    phone.get_by_role("link", name="Odśwież", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("10 MB", timeout=60_000)

    # The router has forgotten it: it asks by the device's address, and lets it in without a page.
    router.hosts.clear()
    phone.goto("http://news.example/today")
    _reads(phone, "The open Internet")
    assert router.host().user_name == router.device.upper()

    phone.goto(f"{router.base}/logout")
    _reads(phone, "Nastąpiło wylogowanie")
    causes = [row["terminate_cause"] for row in installation.command("session", "list")]
    assert "User-Request" in causes
