"""The pages of notices in Chromium: what axe-core finds, and what people need besides."""

from __future__ import annotations

from collections.abc import Iterator

import playwright.sync_api
import pytest
from playwright.sync_api import expect

from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.staff.town import Town
from tests.captive_portal.test_notices import LINK, WORDS, tell


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One will do: what is looked at here does not depend on it."""
    return sqlite_database


@pytest.fixture
def address(town: Town, settings: Settings) -> Iterator[str]:
    with portal.serving(settings) as base:
        yield base


def test_everybody_can_use_the_pages(chromium: playwright.sync_api.Browser, address: str, town: Town) -> None:
    tell(town.database, {"text": WORDS, "link": LINK}, {"text": WORDS, "until": "2026-03-01"})
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="pl-PL")
    page = context.new_page()
    page.goto(f"{address}/staff/notices")
    page.get_by_label("Nazwa użytkownika").fill("jan")
    page.get_by_label("Hasło").fill(town.passwords["jan"])
    page.get_by_role("button", name="Zaloguj się").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ogłoszenia")
    found = examination.faults(page)

    page.get_by_role("link", name=WORDS["pl"]).first.click()
    page.get_by_label("Link").fill("nowhere")
    page.get_by_role("button", name="Zapisz").click()
    expect(page.locator("#link-error")).to_be_visible()
    found += examination.faults(page)

    page.get_by_label("Link").fill(LINK)
    with context.expect_page() as opened:
        page.get_by_role("button", name="Українська").click()
    expect(opened.value.locator("html")).to_have_attribute("lang", "uk")
    expect(opened.value.locator("#notices")).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="Zapisz").click()
    expect(page.get_by_role("status")).to_have_text("Ogłoszenie jest zapisane.")
    context.close()
    assert not found, "\n".join(found)
