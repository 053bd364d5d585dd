"""Every page of the ways in, as all pages are examined: axe-core, the keyboard, small screens, zoom."""

from __future__ import annotations

from datetime import UTC, datetime

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import keys, models
from hotspots.database import Database
from hotspots.logins.tickets import TicketDesk
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.conftest import UAM_SECRET
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_ways_in import choose
from tests.hotspots.mail_server import Mailbox

LANGUAGE = "de"
"""It has the longest words."""
ALL = ("email", "sms", "account", "sponsor", "voucher", "tap")


@pytest.fixture
def database(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """One will do: what is looked at here does not depend on it."""
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", str(sqlite_database.engine.url))
    return sqlite_database


def test_everybody_can_use_the_ways_in(
    chromium: playwright.sync_api.Browser,
    network: Database,
    settings: Settings,
    secret_key: SecretStr,
    mailbox: Mailbox,
) -> None:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.authority.email, hotspot.authority.sms_monthly_grosze = "urzad@belzyce.example", 100
        hotspot.grace_plan = models.ServicePlan(slug="grace", name="Mail", session_seconds=300)
    choose(network, *ALL)
    given = mailbox.settings | {"sms_provider": "log-only"}
    tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
    radius = RadiusStandIn(
        network, "belzyce-urzad-1", tickets, keys.derive(secret_key, keys.VOUCHER_LOOKUP), lambda: datetime.now(UTC)
    )
    context = chromium.new_context(locale=LANGUAGE, viewport={"width": 320, "height": 640})
    page = context.new_page()
    found: list[str] = []

    def look(name: str) -> None:
        expect(page.locator("html")).to_have_attribute("lang", LANGUAGE)
        found.extend(f"{name}: {fault}" for fault in examination.faults(page))

    with portal.serving(settings.model_copy(update=given), host="localhost") as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, radius.nas_identifier, radius.authenticate)
        with chilli.serving() as address:

            def arrive() -> None:
                page.goto(address)
                page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

            arrive()
            look("login")
            page.fill("#words", "Jan Nowak")
            page.press("#words", "Enter")
            page.wait_for_selector("#waiting")
            look("sponsor")

            arrive()
            page.fill("#address", "anna at example")
            page.locator("form[action='/email']").evaluate(
                "form => { form.noValidate = true; form.requestSubmit() }"
            )
            page.wait_for_selector("#address-error")
            look("login with a mistake")
            page.fill("#address", "anna@example.org")
            page.press("#address", "Enter")
            page.wait_for_selector("#digits")
            look("code")
            page.fill("#digits", "1")
            page.press("#digits", "Enter")
            page.wait_for_selector("#digits-error")
            look("code with a mistake")
            link = mailbox.link()
            page.goto(link)
            look("confirm")
            page.click("button.first")
            look("confirmed")
            page.goto(link)
            look("confirm too late")

            arrive()
            page.click("a[href*='/account/new']")
            look("new account")
            page.fill("#contact", "jan@example.org")
            page.press("#contact", "Enter")
            page.wait_for_selector("#digits")
            page.fill("#digits", mailbox.code())
            page.press("#digits", "Enter")
            page.wait_for_selector("#password")
            look("password")
            page.fill("#password", "kuna lipa warkocz")
            page.press("#password", "Enter")
            page.wait_for_selector("h1.state")
            radius.account(Status.START)
            page.reload()
            status = page.url
            look("status")
            page.click("form[action='/return/link'] button")
            look("return link")
            page.goto(page.locator("main a[href*='/return?']").get_attribute("href") or "")
            look("returning")
            page.goto(f"{base}/return?key=x&lang={LANGUAGE}")
            look("return over")
            page.goto(status)
            page.click("main a[href*='/my-data']")
            look("my data")
            page.click("form[action='/my-data/erase'] button")
            look("erased")
    context.close()
    assert found == []
