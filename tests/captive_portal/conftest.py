"""The portal on a real database, a gateway before it and RADIUS behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import playwright.sync_api
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from pydantic import SecretStr

from captive_portal.app import create_app
from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.portal import UAM_SECRET
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.hotspots.mail_server import Mailbox, serving
from tests.hotspots.places import NOW, add_network
from tests.hotspots.sms import fake_smsapi
from tests.hotspots.sms.fake_smsapi import FakeSmsapi
from tests.radius.running import House

BASE = "https://portal.example.pl"
playwright.sync_api.expect.set_options(timeout=60_000)  # five seconds of its own are few where much else is done


CHROMIUM = Path("/usr/bin/chromium")
# Names that are no address of this machine's own, which browsers trust as they would encryption.
_NAMES = "--host-resolver-rules=MAP *.test 127.0.0.1,MAP *.network-auth.com 127.0.0.1"


class _Compiled(BytecodeCache):
    """Templates as they were compiled for the last application: each test makes one, and they are all alike."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", _Compiled())
        yield


class Clock:
    """The time of all parts of a test; it moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network(database: Database) -> Database:
    """One hotspot with the limits of 4 hours and 100 MB a day, 15 minutes of pause, two devices of a voucher."""
    with database.write() as db:
        plan = add_network(db, database.vault).hotspot.plan
        plan.session_seconds, plan.pause_seconds, plan.idle_seconds = 4 * 3600, 900, 1200
        plan.daily_octets, plan.rate_down_bps, plan.rate_up_bps = 100_000_000, 10_000_000, 5_000_000
        plan.remember_seconds = 7 * 24 * 3600
    return database


@pytest.fixture
def settings(tmp_path: Path, secret_key: SecretStr, database: Database) -> Settings:
    # Made after the database, whose address stands in the environment.
    return Settings(data_dir=tmp_path, secret_key=secret_key, portal_base_url=BASE)


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock) -> Flask:
    return create_app(settings, clock)


@pytest.fixture
def radius(network: Database, secret_key: SecretStr, clock: Clock) -> RadiusStandIn:
    return stand_in(network, secret_key, clock)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with serving(tmp_path) as mailbox:
        yield mailbox


@pytest.fixture
def sms() -> Iterator[FakeSmsapi]:
    """A provider of text messages that keeps what it is given."""
    with fake_smsapi.serving() as fake:
        yield fake


@pytest.fixture
def chilli(radius: RadiusStandIn) -> FakeCoovaChilli:
    return FakeCoovaChilli(f"{BASE}/uam", UAM_SECRET, radius.nas_identifier, radius.authenticate)


@pytest.fixture
def browser(app: Flask, chilli: FakeCoovaChilli) -> Browser:
    """A phone behind the gateway, reading English, as the small browsers of phones are: without cookies."""
    return Browser(app, chilli, BASE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    """Debian's Chromium, started once for a file of tests."""
    assert CHROMIUM.exists(), "chromium is missing: apt-get install chromium"
    playwright.sync_api.expect.set_options(timeout=30_000)
    with playwright.sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", _NAMES])
        yield browser
        browser.close()


@pytest.fixture
def house(database: Database, secret_key: SecretStr, tmp_path: Path) -> Iterator[House]:
    """The other half of the system, for journeys with RADIUS packets: a network, and a recorder that writes."""
    with House(database, secret_key, tmp_path / "recorder") as house:
        yield house


@pytest.fixture
def base(house: House, settings: Settings) -> Iterator[str]:
    """The portal on a port of its own, by the real clock; its base URL."""
    with portal.serving(settings) as address:
        yield address
