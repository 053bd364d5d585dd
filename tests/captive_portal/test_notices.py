"""Notices of a gmina: who reads them, when, in which language, and what cannot be one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from hotspots.database import Database
from hotspots.inventory.public_page import PageEntry
from hotspots.models import Authority
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import Clock
from tests.captive_portal.test_ways_in import WANTED

WORDS = {"pl": "Urząd jest nieczynny.", "de": "Das Amt ist geschlossen."}
LINK = "https://belzyce.example.pl/e-uslugi"


def tell(network: Database, *notices: dict[str, object], slug: str = "belzyce") -> None:
    with network.write() as db:
        gmina = db.scalars(select(Authority).where(Authority.slug == slug)).one()
        gmina.page = PageEntry.of({"notices": list(notices)}).stored()


def test_it_stands_on_the_login_and_the_status_page_with_its_link(browser: Browser, network: Database) -> None:
    tell(network, {"text": WORDS, "link": LINK})
    page = browser.go(WANTED)
    assert "Urząd jest nieczynny." in page.text
    assert '<p lang="pl">Urząd' in page.html, "what is not in the reader's language says so"
    assert page.links["More: belzyce.example.pl/e-uslugi"] == LINK
    page = browser.submit("/enter")
    assert page.heading == "You are online"
    assert "Urząd jest nieczynny." in page.text


def test_it_is_read_in_the_language_of_the_reader(browser: Browser, network: Database) -> None:
    tell(network, {"text": WORDS})
    browser.language = "de"
    assert "<p>Das Amt ist geschlossen.</p>" in browser.go(WANTED).html


@pytest.mark.parametrize(
    ("days", "hours_later", "told"),
    [
        # The clock begins at 13:00 in Warsaw on the second of March.
        ({"since": "2026-03-02", "until": "2026-03-02"}, 0, True),
        ({"since": "2026-03-02", "until": "2026-03-02"}, 10.9, True),
        ({"since": "2026-03-02", "until": "2026-03-02"}, 11.1, False),
        ({"since": "2026-03-03"}, 10.9, False),
        ({"since": "2026-03-03"}, 11.1, True),
        ({"until": "2026-03-01"}, 0, False),
    ],
)
def test_it_is_told_on_its_days_of_warsaw(
    browser: Browser, network: Database, clock: Clock, days: dict[str, object], hours_later: float, told: bool
) -> None:
    tell(network, {"text": WORDS, **days})
    clock.pass_by(hours=hours_later)
    assert ("nieczynny" in browser.go(WANTED).text) is told


def test_another_authority_s_notice_is_not_ours(browser: Browser, network: Database) -> None:
    tell(network, {"text": WORDS}, slug="powiat-lubelski")
    assert "nieczynny" not in browser.go(WANTED).text


def test_its_words_are_words_and_no_page(browser: Browser, network: Database) -> None:
    tell(network, {"text": {"pl": "<script>alert(1)</script>"}})
    assert "<script>" not in browser.go(WANTED).html


@pytest.mark.parametrize(
    ("notice", "complaint"),
    [
        ({"text": {"en": "Closed"}}, "needs pl"),
        ({"text": WORDS, "since": "2026-03-02", "until": "2026-03-01"}, "until is before since"),
        ({"text": WORDS, "link": "javascript:alert(1)"}, "https://"),
        ({"text": WORDS, "link": "http://belzyce.example.pl"}, "https://"),
        ({"text": WORDS, "link": "https://user@evil.example"}, "https://"),
        ({"text": WORDS, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused(notice: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        PageEntry.of({"notices": [notice]})
