"""What somebody with bad intentions tries on the portal, and how far they get."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from limits import parse_many

from captive_portal import limits as portal_limits
from captive_portal.staff.entry import inside
from hotspots import vouchers
from hotspots.database import Database
from hotspots.residents import codes
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.radius_stand_in import RadiusStandIn

_YEAR_MINUTES = 365 * 24 * 60
_HOTSPOTS = 22
_VOUCHERS = 100_000


def _each_minute(limit: str) -> float:
    """How many tries these limits let through in a minute, for as long as one likes."""
    return min(each.amount * 60 / each.get_expiry() for each in parse_many(limit))


def test_a_voucher_is_not_guessed_within_a_year_at_all_hotspots_at_once(app: Flask) -> None:
    # With a hundred thousand vouchers that are good, and as many devices as one likes.
    tries = _HOTSPOTS * _YEAR_MINUTES * _each_minute(portal_limits.WRONG_VOUCHERS_AT_A_HOTSPOT)
    # The check character is worked out, and a code that does not fit is not looked up.
    space = len(vouchers.ALPHABET) ** (vouchers.CODE_CHARACTERS - 1)
    assert tries * _VOUCHERS / space < 0.001


def test_a_code_that_was_sent_is_not_guessed() -> None:
    """Five tries of a million for each code, and a contact gets three codes in a day."""
    sent = {refusal: amount for refusal, _, amount, window in codes.LIMITS if window == timedelta(days=1)}
    a_contact = sent[codes.Refusal.CONTACT_HAD_ENOUGH] * codes.TRIES / 10**codes.DIGITS
    assert a_contact < 0.0001
    a_hotspot = sent[codes.Refusal.HOTSPOT_HAD_ENOUGH] * codes.TRIES / 10**codes.DIGITS
    assert a_hotspot < 0.001


@pytest.mark.parametrize(
    "path", ["/", "/privacy?authority=belzyce", "/accessibility", "/status", "/start", "/nowhere"]
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_no_link_is_made_from_what_a_request_calls_us(
    app: Flask, network: Database, path: str, header: str
) -> None:
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    response = app.test_client().get(path, headers={header: value})
    assert "evil.example" not in response.get_data(as_text=True)
    assert "evil.example" not in str(response.headers)


def test_no_redirect_leads_where_a_request_says(browser: Browser, radius: RadiusStandIn) -> None:
    """The page that was wanted is shown as a link; what we redirect to are our own pages and the signed gateway."""
    browser.go("http://evil.example/phishing")
    browser.submit("/enter", userurl="http://evil.example/", next="http://evil.example/", url="//evil.example")
    assert browser.page.heading == "You are online"
    assert {urlsplit(url).hostname for url in browser.visited} - {"evil.example"} == {
        "portal.example.pl",
        "10.1.0.1",
    }
    # Once: the page that was asked for before there was a portal.
    assert [url for url in browser.visited if urlsplit(url).hostname == "evil.example"] == browser.visited[:1]


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/uam",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, address: str) -> None:
    with app.test_request_context("/staff/login"):
        assert inside(address) is None


def test_nothing_that_was_typed_or_sent_is_run(browser: Browser) -> None:
    script = '"><script>alert(1)</script>'
    browser.go(f"http://example.org/{script}")
    for page in (
        browser.submit("/voucher", code=script),
        browser.go(f"{BASE}/?voucher={script}"),
        browser.go(f"{BASE}/privacy?authority={script}"),
        browser.go(f"{BASE}/status?visit={script}"),
        browser.go(f"{BASE}/nowhere?x={script}"),
    ):
        assert "<script>" not in page.html
        assert re.search(r"script-src[^;]*unsafe", browser.response.headers["Content-Security-Policy"]) is None


def test_a_session_that_somebody_planted_is_nobody_s(app: Flask, network: Database) -> None:
    client = app.test_client()
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.forged", domain="localhost")
    assert client.get("/staff/").status_code == 302


def test_another_site_s_form_cannot_let_a_device_in(
    app: Flask, network: Database, browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli
) -> None:
    """Cookies alone do nothing: each form carries the visit that we signed for this device a moment ago."""
    browser.go("http://example.org/")
    token = browser.page.form("/enter").fields["visit"]
    for visit in ("", token[:-1], token.swapcase(), token.replace(".", "..")):
        response = app.test_client().post(
            "/enter", data={"visit": visit}, headers={"Origin": "http://evil.example"}
        )
        assert response.status_code in (400, 403)
    assert radius.outcomes == []
