from __future__ import annotations

import pytest
from flask import Flask

from captive_portal import limits
from tests.captive_portal.browser import Browser
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli


def test_one_device_is_slowed_down_and_its_neighbour_is_not(browser: Browser, chilli: FakeCoovaChilli) -> None:
    browser.go("http://example.org/")
    for _ in range(20):
        browser.submit("/voucher", code="ABC")
        assert browser.status == 422

    page = browser.submit("/voucher", code="ABC")

    assert (browser.status, page.heading) == (429, "Too many attempts")
    assert int(browser.response.headers["Retry-After"]) > 0
    chilli.device = "02:99:99:99:99:99"
    browser.go("http://example.org/")
    assert browser.submit("/enter").heading == "You are online"


def test_forged_visits_are_written_down_sixty_times_a_minute(browser: Browser, chilli: FakeCoovaChilli) -> None:
    genuine = chilli.any_page("http://example.org/")
    assert genuine is not None
    chilli.uam_secret = "guessed"
    for _ in range(60):
        browser.go("http://example.org/")
        assert browser.status == 403
    browser.go("http://example.org/")
    assert browser.status == 429


def test_a_whole_library_may_arrive_at_once(browser: Browser, chilli: FakeCoovaChilli) -> None:
    for number in range(100):
        chilli.device = f"02:11:22:33:44:{number:02x}"
        assert browser.go("http://example.org/").heading == "Urząd"
        assert browser.submit("/enter").heading == "You are online"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    app: Flask, peer: str, forwarded: str | None, address: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    with app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert limits.remote_address() == address
