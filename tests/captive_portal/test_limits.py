from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from captive_portal import limits
from captive_portal.app import create_app
from hotspots import models, vouchers
from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal import redis_server
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
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


def test_who_guesses_vouchers_gets_no_further_with_new_addresses_and_leaves_others_their_tap(
    browser: Browser, chilli: FakeCoovaChilli
) -> None:
    statuses = []
    for number in range(101):
        chilli.device = f"02:11:22:33:44:{number:02x}"
        browser.go("http://example.org/")
        browser.submit("/voucher", code=vouchers.new_code())
        statuses.append(browser.status)
    assert statuses == [403] * 100 + [429]

    chilli.device = "02:11:22:33:55:00"
    browser.go("http://example.org/")
    assert browser.submit("/enter").heading == "You are online"


def test_all_nodes_count_together_in_a_redis_and_each_for_itself_while_it_is_away(
    settings: Settings, network: Database, clock: Clock, chilli: FakeCoovaChilli, tmp_path: Path
) -> None:
    with redis_server.running(tmp_path) as redis:
        shared = settings.model_copy(update={"rate_limit_store": SecretStr(redis.url)})
        for node in range(2):
            browser = Browser(create_app(shared, clock), chilli, BASE)
            browser.go("http://example.org/")
            for _ in range(10):
                browser.submit("/voucher", code="ABC")
                assert browser.status == 422, f"node {node}"
        browser.submit("/voucher", code="ABC")
        assert browser.status == 429

        redis.stop()
        # Whoever comes is served all the same, and limited by this node alone.
        statuses = []
        for _ in range(21):
            browser.go("http://example.org/")
            browser.submit("/voucher", code="ABC")
            statuses.append(browser.status)
        assert statuses == [422] * 20 + [429]

        redis.start()
        assert redis.counts() == 0
        until = time.monotonic() + 60
        while not redis.counts():
            assert time.monotonic() < until, "it is not counted in again"
            browser.go("http://example.org/")
            browser.submit("/voucher", code="ABC")
            time.sleep(0.2)


@pytest.mark.parametrize("store", ["http://127.0.0.1", "memcached://127.0.0.1", "redis"])
def test_the_store_is_a_redis_or_memory(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_RATE_LIMIT_STORE", store)
    with pytest.raises(ValidationError, match="must be memory://"):
        Settings(secret_key=SecretStr("x" * 64))


def test_forged_visits_are_written_down_sixty_times_a_minute(browser: Browser, chilli: FakeCoovaChilli) -> None:
    genuine = chilli.any_page("http://example.org/")
    assert genuine is not None
    chilli.uam_secret = "guessed"
    for _ in range(60):
        browser.go("http://example.org/")
        assert browser.status == 403
    browser.go("http://example.org/")
    assert browser.status == 429


def test_what_no_controller_decrypts_is_written_down_as_often_and_no_more(app: Flask, network: Database) -> None:
    with network.write() as db:
        place = db.scalars(select(models.AccessPoint)).one()
        place.gateway, place.controller, name = "smartzone", "nobody", place.nas_identifier
    client = app.test_client()
    asked = (f"/smartzone/{name}?client_mac=ENC{number:016x}" for number in range(61))
    statuses = [client.get(path, base_url=BASE).status_code for path in asked]
    # What is no proof of ours is held up as a flood, too, where it comes faster than people do.
    assert set(statuses) == {503, 429}
    with network.read() as db:
        refused = db.scalars(select(models.LoginDecision.reason)).all()
    assert list(refused) == ["controller_silent"] * statuses.count(503)
    assert len(refused) <= 60


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
