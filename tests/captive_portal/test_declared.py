"""What each authority has to declare, and what is its own on the pages."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from captive_portal.languages import LANGUAGES
from hotspots.database import Database
from hotspots.models import Authority, Clause
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.page import Page
from tests.captive_portal.public_page import PAGE, show_all
from tests.captive_portal.radius_stand_in import RadiusStandIn

# The second edition of the declaration: https://www.gov.pl/web/dostepnosc-cyfrowa, "Warunki techniczne publikacji".
_ALWAYS = (
    "wstep podmiot zakres url data-publikacja data-aktualizacja status kontakt email telefon procedura"
    " data-sporzadzenie architektura komunikacja"
)
ALWAYS = _ALWAYS.split()
WHERE_IT_APPLIES = ["data-przeglad", "ocena", "architektura-url"]
PRIVACY = f"{BASE}/privacy?authority=belzyce"


@pytest.fixture
def gmina(network: Database) -> None:
    with network.write() as db:
        show_all(db)


def _ids(page: Page) -> list[str]:
    return re.findall(r' id="a11y-([\w-]+)"', page.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_declaration_has_each_id_once_in_every_language(gmina: None, browser: Browser, language: str) -> None:
    browser.language = language
    page = browser.go(f"{BASE}/accessibility?authority=belzyce")

    assert page.language == language
    assert sorted(_ids(page)) == sorted(ALWAYS + WHERE_IT_APPLIES)
    days = dict(re.findall(r'<time id="a11y-([\w-]+)" datetime="(\d{4}-\d\d-\d\d)">', page.html))
    assert days == {
        "data-publikacja": "2026-01-15",
        "data-aktualizacja": "2026-02-01",
        "data-sporzadzenie": "2026-02-02",
        "data-przeglad": "2026-02-20",
    }
    # What the authority has not said in this language stands there in Polish, and says so to a screen reader.
    assert ('<p id="a11y-komunikacja" lang="pl">' in page.html) == (language != "pl")


def test_the_polish_declaration_has_the_headings_of_the_rules(gmina: None, browser: Browser) -> None:
    browser.language = "pl"
    page = browser.go(f"{BASE}/accessibility?authority=belzyce")
    headings = re.findall(r"<h[12]>(.*?)</h[12]>", page.html)
    assert headings[0] == "Deklaracja dostępności"
    assert [each for each in headings[1:] if each != "Skróty klawiszowe"] == [
        "Stan dostępności cyfrowej",
        "Niedostępne treści",
        "Przygotowanie deklaracji dostępności i jej aktualizacja",
        "Informacje zwrotne i dane kontaktowe",
        "Obsługa wniosków i skarg związanych z dostępnością",
        "Pozostałe informacje",
    ]


def test_what_does_not_apply_is_left_out(network: Database, browser: Browser) -> None:
    assert PAGE.accessibility is not None
    nothing = {"status": "full", "exceptions": None, "excessive_cost": None, "reviewed": None}
    declaration = PAGE.accessibility.model_copy(update=nothing | {"architecture_url": None})
    with network.write() as db:
        gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
        gmina.page = PAGE.model_copy(update={"accessibility": declaration}).stored()
    assert sorted(_ids(browser.go(f"{BASE}/accessibility?authority=belzyce"))) == sorted(ALWAYS)


def test_without_a_declaration_nothing_is_made_up(network: Database, browser: Browser) -> None:
    page = browser.go(f"{BASE}/accessibility?authority=belzyce")
    assert _ids(page) == []
    assert "has not published its declaration" in page.text
    assert browser.go(f"{BASE}/accessibility?authority=nowhere").heading == "There is no such page"


def test_both_are_reached_from_the_login_page(gmina: None, browser: Browser) -> None:
    browser.go("http://example.org/")
    assert browser.click("Accessibility").heading == "Accessibility declaration"
    assert "Gmina Bełżyce" in browser.page.text
    browser.go("http://example.org/")
    assert "iod@belzyce.example.pl" in browser.click("Privacy").text


def test_the_clause_follows_what_is_decided_and_keeps_what_it_said(network: Database, browser: Browser) -> None:
    first = browser.go(PRIVACY)
    assert "Version 2, in force since" in first.text
    assert "30 days" in first.text
    assert "Version 2" in browser.go(PRIVACY).text

    with network.write() as db:
        gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
        gmina.retention_days, gmina.retention_mode = 365, "12-months"
        gmina.retention_decision = "Zarządzenie Burmistrza 7/2026"

    second = browser.go(PRIVACY)
    assert "Version 3" in second.text
    assert "365 days" in second.text
    assert "Zarządzenie Burmistrza 7/2026" in second.text
    assert "30 days" in browser.go(f"{PRIVACY}&version=2").text
    # It stays that version in another language.
    assert "30 dniach" in browser.click("Polski").text
    browser.language = "en"
    for nothing in ("4", "x", "-1", "99999999999999999999"):
        assert browser.go(f"{PRIVACY}&version={nothing}").heading == "There is no such page"
    assert browser.go(f"{BASE}/privacy?authority=powiat-lubelski&version=2").heading == "There is no such page"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1 day after"), ("pl", "po 1 dniu od"), ("de", "1 Tag nach")]
)
def test_a_single_day_is_one(network: Database, browser: Browser, language: str, words: str) -> None:
    with network.write() as db:
        db.scalars(select(Authority).where(Authority.slug == "belzyce")).one().retention_days = 1
    browser.language = language
    assert words in browser.go(PRIVACY).text


def test_the_version_that_was_accepted_is_kept_with_the_grant(
    network: Database, browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, clock: Clock
) -> None:
    browser.go("http://example.org/")
    browser.submit("/enter")
    with network.read() as db:
        (accepted,) = db.scalars(select(Clause)).all()
    assert radius.outcomes[-1].terms_version == accepted.number
    assert accepted.facts["retention_days"] == 30
    assert accepted.since == clock()

    with network.write() as db:
        db.scalars(select(Authority).where(Authority.slug == "belzyce")).one().retention_days = 60
    clock.pass_by(seconds=10)
    chilli.device = "02:99:99:99:99:99"
    browser.go("http://example.org/")
    browser.submit("/enter")
    assert radius.outcomes[-1].terms_version == accepted.number + 1


def test_what_is_its_own_is_on_the_pages_of_an_authority_and_on_no_others(
    gmina: None, network: Database, browser: Browser, app: Flask
) -> None:
    def style(page: Page) -> str:
        (address,) = re.findall(r'"(/residents-[^"]+)"', page.html)
        response = app.test_client().get(address.replace("&amp;", "&"))
        assert response.cache_control.immutable
        return response.get_data(as_text=True)

    browser.language = "de"
    page = browser.go("http://example.org/")
    assert '<p lang="pl">Witamy w Bełżycach</p>' in page.html
    assert "--accent: #8a1538" in style(page)
    assert "data:image/png;base64," in style(page)
    browser.language = "uk"
    assert "<p>Вітаємо в Белжице</p>" in browser.go("http://example.org/").html
    assert "#8a1538" not in style(browser.go(f"{BASE}/"))
