"""Every page of the residents in Chromium, in each language: what axe-core finds, and what people need besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.languages import LANGUAGES
from hotspots import models, vouchers
from hotspots.database import Database
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.public_page import show_all
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_mikrotik import LOGIN_PAGE


@dataclass
class Place:
    """A portal, a gateway before it, and the one device behind that."""

    base: str
    any_page: str
    chilli: FakeCoovaChilli
    radius: RadiusStandIn
    database: Database
    language: str = "pl"

    def open(self, page: Page, path: str) -> None:
        page.goto(f"{self.base}{path}{'&' if '?' in path else '?'}lang={self.language}")

    def arrive(self, page: Page) -> None:
        """A new device each time, so that none is online yet."""
        self.chilli.device = f"02:11:22:33:44:{len(self.chilli.clients):02x}"
        page.goto(self.any_page)


@pytest.fixture
def database(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """One will do: what is looked at here does not depend on it."""
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", str(sqlite_database.engine.url))
    return sqlite_database


@pytest.fixture
def place(network: Database, settings: Settings, secret_key: SecretStr) -> Iterator[Place]:
    with network.write() as db:
        show_all(db)
    radius = stand_in(network, secret_key)
    with portal.behind_coovachilli(settings, radius) as (base, chilli, any_page):
        yield Place(base, any_page, chilli, radius, network)


def _login(page: Page, place: Place) -> None:
    place.arrive(page)


def _asked_again_with_a_voucher_kept(page: Page, place: Place) -> None:
    place.open(page, f"/?voucher={vouchers.new_code()}")
    place.arrive(page)
    expect(page.locator("#way-voucher")).to_be_visible()
    _refuse(place, "asked_again_moved")
    page.reload()
    expect(page.locator("#asked-again")).to_be_visible()


def _login_with_a_mistake(page: Page, place: Place) -> None:
    place.arrive(page)
    page.click("summary")
    page.fill("#code", "ABC")
    page.click("details button")
    expect(page.locator("#code-error")).to_be_visible()


def _refuse(place: Place, reason: str) -> None:
    with place.database.write() as db:
        db.add(
            models.LoginDecision(
                at=datetime.now(UTC),
                at_door="radius",
                access_point_id=db.scalars(select(models.AccessPoint)).one().id,
                device=place.chilli.device,
                method="ticket",
                reason=reason,
                retry_at=datetime.now(UTC),
            )
        )


def _refused(page: Page, place: Place) -> None:
    place.arrive(page)
    _refuse(place, "pause_not_over")
    page.goto(place.chilli.redirect(place.chilli.client(), "failed"))
    expect(page.locator("time")).to_be_visible()


def online(page: Page, place: Place) -> None:
    """One tap, and what was used in a minute."""
    place.arrive(page)
    page.click("button.first")
    expect(page.locator(".state")).to_be_visible()
    place.radius.account(Status.START)
    place.radius.account(Status.INTERIM, seconds=60, up=1_000_000, down=9_000_000)
    page.reload()
    expect(page.locator("progress")).to_have_count(2)


def _online_until_another_day(page: Page, place: Place) -> None:
    with place.database.write() as db:
        # Whatever the time is now: that takes the most words.
        db.scalars(select(models.ServicePlan)).one().session_seconds = 30 * 3600
    online(page, place)


def _logged_off(page: Page, place: Place) -> None:
    online(page, place)
    page.click("form button.second")
    expect(page.locator("a.button")).to_be_visible()


def _hand_over(page: Page, place: Place) -> None:
    with place.database.write() as db:
        db.scalars(select(models.AccessPoint)).one().gateway = "mikrotik"
    # What the router's own page posts, from a page of the portal's: the two are one machine here.
    fields = "".join(f"<input name='{name}' value='{value}'>" for name, value in LOGIN_PAGE.items())
    form = f"<form method='post' action='{place.base}/mikrotik'>{fields}<button>x</button></form>"
    page.set_content(form)
    page.click("button")
    page.click("button.first")
    expect(page.locator("#hand-over")).to_be_visible()


def _plain(path: str) -> Callable[[Page, Place], None]:
    def opened(page: Page, place: Place) -> None:
        place.open(page, path)

    return opened


PAGES: dict[str, Callable[[Page, Place], None]] = {
    "login": _login,
    "asked_again_with_a_voucher_kept": _asked_again_with_a_voucher_kept,
    "login_with_a_mistake": _login_with_a_mistake,
    "refused": _refused,
    "online": _online_until_another_day,
    "logged_off": _logged_off,
    "hand_over": _hand_over,
    "forged": _plain("/uam"),
    "index": _plain("/"),
    "scanned": _plain("/?voucher=ABCD"),
    "terms": _plain("/terms"),
    "privacy_choice": _plain("/privacy"),
    "privacy": _plain("/privacy?authority=belzyce"),
    "accessibility_choice": _plain("/accessibility"),
    "accessibility": _plain("/accessibility?authority=belzyce"),
    "help": _plain("/help"),
    "error": _plain("/nowhere"),
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(chromium: Browser, place: Place, name: str) -> None:
    found = []
    for place.language in LANGUAGES:
        context = chromium.new_context(viewport={"width": 320, "height": 640}, locale=place.language)
        # The form that sends itself is looked at, too.
        context.route("**/hand-over.js", lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(30_000)
        PAGES[name](page, place)
        expect(page.locator("html")).to_have_attribute("lang", place.language)
        found += [f"{place.language}: {fault}" for fault in examination.faults(page)]
        context.close()
    assert found == []


def test_what_is_wrong_would_be_found(chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_content(
        "<html><head><meta http-equiv='refresh' content='900'><style>a:focus { outline: none }</style></head><body>"
        "<img src='data:,'><p style='color:#ccc'>pale</p><a href='#x'>x</a><button tabindex='-1'>never</button>"
        "<p style='width: 500px'>wide</p><input><label>a</label><select></select><ul><li>1</li></ul><h1>h</h1>"
    )
    found = "\n".join(examination.faults(page))
    context.close()
    for fault in (
        "image-alt",
        "color-contrast",
        "html-has-lang",
        "does not show",
        "Tab reaches",
        "400 %",
        "reloads",
    ):
        assert fault in found
