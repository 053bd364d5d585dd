from __future__ import annotations

import re

import pytest
from flask import Flask
from pydantic import SecretStr

from captive_portal.app import create_app
from captive_portal.gateways.visit import GatewayVisit, Result
from captive_portal.visits import VisitDesk
from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.hotspots.places import NOW

VISIT = GatewayVisit(Result.NOT_YET, "a", "02:11:22:33:44:55", "http://10.1.0.1:3990/", "0102")


def test_every_answer_is_guarded(browser: Browser) -> None:
    browser.go("http://example.org/")

    headers = browser.response.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == "'none'"
    # The form's redirects: to the gateway, and from there back to the portal.
    assert policy["form-action"] == f"'self' http://10.1.0.1:3990 {BASE}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cache-Control"] == "no-store"


def test_the_form_of_the_status_page_may_lead_to_the_gateway_too(browser: Browser) -> None:
    browser.go("http://example.org/")
    browser.submit("/enter")
    assert f"form-action 'self' http://10.1.0.1:3990 {BASE};" in browser.response.headers["Content-Security-Policy"]


def test_a_plain_portal_promises_no_encryption(settings: Settings, network: Database, clock: Clock) -> None:
    plain = settings.model_copy(update={"portal_base_url": "http://127.0.0.1:8080"})
    response = create_app(plain, clock).test_client().get("/?lang=en")
    assert "Strict-Transport-Security" not in response.headers
    assert "Secure" not in response.headers["Set-Cookie"]


def test_cookies_are_guarded(app: Flask) -> None:
    cookie = app.test_client().get("/?lang=en").headers["Set-Cookie"]
    assert "lang=en" in cookie
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_styles_may_be_kept_and_pages_may_not(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/static/base.css").cache_control.max_age == 86400
    page = client.get("/")
    assert page.cache_control.no_store
    (style,) = re.findall(r'"(/residents-\w+\.css)"', page.get_data(as_text=True))
    assert client.get(style).cache_control.immutable
    # Whoever comes with the address of an older sheet gets this one, and asks again.
    assert client.get("/residents-0.css").cache_control.no_store


def test_a_signed_visit_comes_back_as_it_was() -> None:
    desk = VisitDesk(b"key")
    signed = desk.read(desk.sign(VISIT, NOW), NOW)
    assert signed is not None
    assert (signed.visit, signed.signed_at) == (VISIT, NOW)
    assert isinstance(signed.visit.result, Result)


@pytest.mark.parametrize("token", ["", "x", "a.b", "\u0105.b"])
def test_what_we_did_not_sign_is_no_visit(token: str) -> None:
    assert VisitDesk(b"key").read(token, NOW) is None
    assert VisitDesk(b"key").read(VisitDesk(b"another").sign(VISIT, NOW), NOW) is None


def test_no_secret_shows_in_what_is_printed(app: Flask, secret_key: SecretStr) -> None:
    services = app.extensions["hotspots"]
    printed = repr(services)
    assert secret_key.get_secret_value() not in printed
    assert "***" in repr(services.visits)


def test_a_form_beyond_all_measure_is_refused(app: Flask) -> None:
    response = app.test_client().post("/enter", data={"visit": "x" * 300_000})
    assert response.status_code == 413
