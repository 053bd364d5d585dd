"""All pages of the dashboard in Chromium, in both languages of the staff: what axe-core finds, and what people need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import playwright.sync_api
import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from hotspots.database import Database
from hotspots.legal_holds import Kind
from hotspots.models import Hotspot
from hotspots.residents import fault_reports, sponsoring
from hotspots.residents.fault_reports import Trouble
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.staff import test_holds
from tests.captive_portal.staff.town import PHONE, Town
from tests.captive_portal.test_notices import LINK, WORDS, tell
from tests.hotspots.places import NOW

EXAMINED_ELSEWHERE = {"notice", "preview"}
NO_PAGES = {"plotly"}
BY_ANY_CLOCK = NOW + timedelta(days=36_500)
"""The portal has the real one here."""
LANGUAGES = {"pl": "Zaloguj się", "en": "Sign in"}


def pages_of(town: Town) -> dict[str, str]:
    """The addresses of all pages, by their endpoints; what some of them show is made here."""
    with town.database.read() as db:
        hotspot = db.scalars(select(Hotspot.id).where(Hotspot.slug == "belzyce-urzad")).one()
    fault = fault_reports.report(town.database, hotspot, Trouble.SLOW, "since Monday", NOW)
    asked = sponsoring.ask(town.database, hotspot, PHONE, "Jan, room 4", NOW)
    return {
        "overview": "",
        "sessions": "sessions",
        "session": f"sessions/{town.our_session}",
        "refusals": "refusals",
        "explain": f"explain?device={PHONE}",
        "explain_session": f"explain/session/{town.our_session}",
        "explain_voucher": f"explain/voucher/{town.our_voucher}",
        "access_points": "access-points",
        "vouchers": "vouchers",
        "batch": f"vouchers/{town.our_batch}",
        "print": f"vouchers/{town.our_batch}/print",
        "fault_reports": "faults",
        "fault_report": f"faults/{fault}",
        "sponsor": f"sponsor/{asked}",
        "ways_in": "ways-in",
        "ways_in_of": "ways-in/belzyce-urzad",
        "notices": "notices",
        "new_notice": "notices/belzyce/new",
        "holds": "holds",
        "new_hold": f"holds/new?kind=session&subject={town.our_session}",
        "hold": f"holds/{test_holds.place(town, Kind.SESSION, town.our_session, BY_ANY_CLOCK)}",
        "password": "password",
        "login": "login",
    }


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One will do: what is looked at here does not depend on it."""
    return sqlite_database


@pytest.fixture
def address(town: Town, settings: Settings) -> Iterator[str]:
    with portal.serving(settings) as base:
        yield base


def test_no_page_is_left_out(app: Flask, town: Town) -> None:
    endpoints = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "GET" in (rule.methods or ())
    }
    assert endpoints - EXAMINED_ELSEWHERE - NO_PAGES == pages_of(town).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_the_pages(
    chromium: playwright.sync_api.Browser, address: str, town: Town, language: str
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    page = context.new_page()
    found = []
    for name, path in sorted(pages_of(town).items(), key=lambda each: each[0] != "login"):
        response = page.goto(f"{address}/staff/{path}")
        assert response is not None
        assert response.status == 200, name
        found += [f"{name}: {fault}" for fault in examination.faults(page)]
        if name == "login":
            page.get_by_role("textbox").first.fill("iwona")
            page.locator("input[type=password]").fill(town.passwords["iwona"])
            page.get_by_role("button", name=LANGUAGES[language]).click()
            page.wait_for_url("**/staff/")
    context.close()
    assert not found, "\n".join(found)


def test_everybody_can_use_the_form_of_a_notice(
    chromium: playwright.sync_api.Browser, address: str, town: Town
) -> None:
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


def test_everybody_can_place_a_hold(chromium: playwright.sync_api.Browser, address: str, town: Town) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="pl-PL")
    page = context.new_page()
    page.goto(f"{address}/staff/holds/new?kind=session&subject={town.our_session}")
    page.get_by_label("Nazwa użytkownika").fill("iwona")
    page.get_by_label("Hasło").fill(town.passwords["iwona"])
    page.get_by_role("button", name="Zaloguj się").click()
    page.get_by_label("Postanowienie i jego sygnatura").fill("PR Lublin 3012-1.Ds.7.2026")
    page.get_by_label("Kto nakazał albo").fill("Anna Kowalska")
    page.get_by_label("Ostatni dzień").fill("2026-01-01")
    page.get_by_role("button", name="Dalej").click()
    expect(page.locator("#until-error")).to_be_visible()
    found = examination.faults(page)

    page.get_by_label("Ostatni dzień").fill("")
    page.get_by_role("button", name="Dalej").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Czy tego dotyczy postanowienie?")
    found += examination.faults(page)

    page.get_by_role("button", name="Zabezpiecz te dane").click()
    expect(page.get_by_role("status")).to_have_text("Dane są zabezpieczone.")
    page.get_by_label("Dlaczego je kończysz").fill("prokurator zwolnił dane")
    page.get_by_role("button", name="Zakończ zabezpieczenie").click()
    expect(page.get_by_role("status")).to_have_text("Zabezpieczenie jest zakończone.")
    context.close()
    assert not found, "\n".join(found)
