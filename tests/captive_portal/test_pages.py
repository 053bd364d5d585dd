"""What every page of the residents keeps to: small, without scripts, and usable by everybody (WCAG 2.1 AA)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from captive_portal.languages import LANGUAGES
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser
from tests.captive_portal.page import Page
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.texts import ROOM

MOST_OCTETS = 30_000
Journey = Callable[[Browser, RadiusStandIn], Page]


def _login(browser: Browser, radius: RadiusStandIn) -> Page:
    return browser.go("http://example.org/")


def _mistyped(browser: Browser, radius: RadiusStandIn) -> Page:
    _login(browser, radius)
    return browser.submit("/voucher", code="ABC")


def _refused(browser: Browser, radius: RadiusStandIn) -> Page:
    _login(browser, radius)
    return browser.submit("/enter", visit="x")


def _online(browser: Browser, radius: RadiusStandIn) -> Page:
    _login(browser, radius)
    browser.submit("/enter")
    radius.account(Status.START)
    return browser.go(browser.address)


def _logged_off(browser: Browser, radius: RadiusStandIn) -> Page:
    _online(browser, radius)
    return browser.submit("/logout")


def _plain(path: str) -> Journey:
    def journey(browser: Browser, radius: RadiusStandIn) -> Page:
        return browser.go(f"https://portal.example.pl{path}")

    return journey


PAGES = {
    "login": _login,
    "mistyped": _mistyped,
    "refused": _refused,
    "online": _online,
    "logged_off": _logged_off,
    "index": _plain("/"),
    "terms": _plain("/terms"),
    "privacy_choice": _plain("/privacy"),
    "privacy": _plain("/privacy?authority=belzyce"),
    "accessibility_choice": _plain("/accessibility"),
    "accessibility": _plain("/accessibility?authority=belzyce"),
    "help": _plain("/help"),
    "error": _plain("/nowhere"),
}


LEADS_TO = ("http://10.1.0.1:3990/", "http://example.", "https://www.openstreetmap.org/?mlat=")
"""Whom links may lead to: the gateway, where somebody wanted to go, and the way to a hotspot; nothing is loaded."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_small_and_usable(
    browser: Browser, radius: RadiusStandIn, app: Flask, name: str, language: str
) -> None:
    browser.language = language

    page = PAGES[name](browser, radius)

    assert page.language == language
    assert page.tags.count("h1") == 1
    assert page.heading
    assert page.tags.count("main") == page.tags.count("title") == 1
    assert not {"script", "iframe", "img"} & set(page.tags)
    assert " style=" not in page.html
    assert " on" not in {match[:3] for match in re.findall(r" on\w+=", page.html)}
    assert page.attributes.keys() >= {"main"}
    fields = {name for name, given in page.attributes.items() if given.get("name")}
    assert fields <= page.labelled
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.html)
    loaded = [style, *re.findall(r'<(?:img|script|source|iframe)[^>]* src="([^"]+)"', page.html)]
    assert len(loaded) == 1, "the page and its style sheet: two requests"
    assert len(page.html.encode()) + len(app.test_client().get(style).data) < MOST_OCTETS
    outside = [url for url in re.findall(r'(?:src|href)="(https?://[^"]+)"', page.html) if "rel=" not in url]
    assert all(url.startswith(LEADS_TO) for url in outside)


def test_the_privacy_notice_says_what_is_really_kept(browser: Browser, radius: RadiusStandIn) -> None:
    page = browser.go("https://portal.example.pl/privacy?authority=belzyce")
    assert "Gmina Bełżyce" in page.text
    assert "30 days" in page.text

    assert "Gmina Bełżyce" in browser.click("Polski").text

    assert browser.go("https://portal.example.pl/privacy?authority=nowhere").heading == "There is no such page"


def test_the_list_of_places_names_each_hotspot(browser: Browser, radius: RadiusStandIn) -> None:
    page = browser.go("https://portal.example.pl/")
    assert "Gmina Bełżyce" in page.text
    assert "Urząd" in page.text
    assert "ul. Lubelska 3" in page.text
    # The powiat itself has no hotspot here.
    assert "Powiat Lubelski" not in page.text


def _luminance(colour: str) -> float:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _schemes() -> list[dict[str, str]]:
    css = (ROOM / "static" / "base.css").read_text()
    return [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.S)
    ]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "ground", 4.5),
        ("ink", "surface", 4.5),
        ("quiet", "ground", 4.5),
        ("quiet", "surface", 4.5),
        ("accent-strong", "ground", 4.5),
        ("accent-strong", "surface", 4.5),
        ("accent-strong", "notice", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-strong", 4.5),
        ("notice-ink", "notice", 4.5),
        ("good-ink", "good", 4.5),
        ("bad", "surface", 4.5),
        ("edge", "surface", 3.0),
        ("edge", "ground", 3.0),
        ("accent", "line", 3.0),
        ("focus", "ground", 3.0),
        ("focus", "surface", 3.0),
    ],
)
def test_colours_can_be_told_apart(scheme: int, ink: str, ground: str, least: float) -> None:
    colours = _schemes()[scheme]
    assert _contrast(colours[ink], colours[ground]) >= least
