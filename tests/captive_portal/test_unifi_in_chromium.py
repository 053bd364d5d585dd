"""Whole journeys through UniFi: a real browser, its redirect, its controller, and what is asked of that afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.controllers import jobs as controller_jobs
from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.unifi import UniFi
from hotspots import models
from hotspots.database import Database
from hotspots.processes.scheduler import Job, jobs
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.fake_unifi import FakeUniFi
from tests.captive_portal.phones import phone_of, reads, session
from tests.radius.running import House


@pytest.fixture
def at_house(house: House, settings: Settings) -> Settings:
    """The settings of the portal and the scheduler, on the recorder that the house has."""
    return settings.model_copy(update={"data_dir": house.recorder.path.parent})


@pytest.fixture
def base(at_house: Settings) -> Iterator[str]:
    with portal.serving(at_house) as address:
        yield address


@pytest.fixture
def unifi(house: House, base: str, tmp_path: Path) -> Iterator[FakeUniFi]:
    unifi = FakeUniFi(base)
    house.set_plan(session_seconds=3600, rate_up_bps=512_000, rate_down_bps=2_000_000, daily_octets=5_000_000)
    house.set_access_point(
        make="unifi", gateway="unifi", nas_identifier=unifi.access_point, controller="gmina", site="default"
    )
    with unifi.listening(portal.certificate_of("unifi.test", tmp_path)):
        with house.database.write() as db:
            db.add(
                models.Controller(
                    name="gmina",
                    kind="unifi",
                    url=unifi.base,
                    sealed_key=house.database.vault.seal(SecretStr(unifi.key)),
                    certificate_sha256=portal.fingerprint_of(unifi.base),
                )
            )
        yield unifi


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium, javascript=False) as page:
        yield page


def _job(settings: Settings, name: str) -> Job:
    return next(job for job in controller_jobs.jobs(settings) if job.name == name)


def _run(house: House, settings: Settings, name: str, minutes: int = 0) -> int:
    return _job(settings, name).run(house.database, datetime.now(UTC) + timedelta(minutes=minutes))


def _taps(phone: Page, unifi: FakeUniFi) -> None:
    phone.goto(f"{unifi.base}/any")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()


def test_a_tap_leads_online_and_a_logout_out_again(
    phone: Page, unifi: FakeUniFi, house: House, at_house: Settings
) -> None:
    unifi.unseen = 1
    _taps(phone, unifi)
    reads(phone, "You are online")
    assert unifi.granted == {
        "timeLimitMinutes": 60,
        "dataUsageLimitMBytes": 4,
        "rxRateLimitKbps": 2000,
        "txRateLimitKbps": 512,
    }
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()

    unifi.octets_up, unifi.octets_down = 100_000, 900_000
    assert _run(house, at_house, "ask_controllers", minutes=1) == 1
    found = session(house)
    assert (found.octets_up, found.octets_down, found.session_seconds) == (100_000, 900_000, 7)
    assert (found.device, found.source) == (unifi.device, "unifi")

    phone.get_by_role("button", name="Log out").click()
    reads(phone, "You are online")
    assert _run(house, at_house, "end_sessions_at_controllers", minutes=1) == 1
    assert unifi.granted is None
    assert session(house).terminate_cause == "Admin-Reset"
    phone.get_by_role("link", name="Update now").click()
    reads(phone, "You are offline")


def test_who_is_over_the_limit_or_gone_is_noticed(
    phone: Page, unifi: FakeUniFi, house: House, at_house: Settings
) -> None:
    _taps(phone, unifi)
    reads(phone, "You are online")
    unifi.octets_down = 5_000_000
    _run(house, at_house, "ask_controllers", minutes=1)
    _run(house, at_house, "end_sessions_at_controllers", minutes=1)
    assert unifi.granted is None, "accounting asked for it"
    with house.database.read() as db:
        command = db.scalars(select(models.SessionCommand)).one()
    assert (command.cause, command.state) == ("limit_reached", "proved")
    assert session(house).octets_down == 5_000_000, "a grant that is over has no counters, and takes none away"


def test_a_device_that_left_has_ended(phone: Page, unifi: FakeUniFi, house: House, at_house: Settings) -> None:
    _taps(phone, unifi)
    reads(phone, "You are online")
    unifi.connected = False
    _run(house, at_house, "ask_controllers", minutes=1)
    assert session(house).terminate_cause == "Lost"
    assert _run(house, at_house, "ask_controllers", minutes=2) == 0


@pytest.mark.parametrize("why", [{"connected": False}, {"kind": "DEFAULT"}])
def test_whom_the_site_does_not_see_as_a_guest_is_not_let_in(
    phone: Page, unifi: FakeUniFi, house: House, why: dict[str, object]
) -> None:
    for name, value in why.items():
        setattr(unifi, name, value)
    _taps(phone, unifi)
    reads(phone, "This address was not made by our hotspot")
    assert unifi.granted is None
    with house.database.read() as db:
        assert db.scalars(select(models.Pass)).all() == []


def test_another_site_or_access_point_is_not_ours(phone: Page, unifi: FakeUniFi) -> None:
    unifi.site = "other"
    phone.goto(f"{unifi.base}/any")
    reads(phone, "This address was not made by our hotspot")
    unifi.access_point = "78:8a:20:00:00:00"
    phone.goto(f"{unifi.base}/any")
    reads(phone, "This hotspot is not one of ours")


def test_a_controller_that_is_away_is_no_reason_to_despair(
    phone: Page, unifi: FakeUniFi, house: House, at_house: Settings
) -> None:
    unifi.broken = True
    _taps(phone, unifi)
    reads(phone, "We cannot check this just now")
    assert unifi.granted is None
    unifi.broken = False
    phone.get_by_role("link", name="Try again").click()
    phone.get_by_role("button", name="Go online", exact=True).click()
    reads(phone, "You are online")
    unifi.broken = True
    assert _run(house, at_house, "ask_controllers", minutes=1) == 0
    assert session(house).stopped_at is None


def test_another_certificate_is_not_trusted(unifi: FakeUniFi, house: House) -> None:
    with pytest.raises(ControllerError, match="not trusted"):
        UniFi(unifi.base, unifi.key, "00" * 32)
    with pytest.raises(ControllerError, match="does not do GET"):
        UniFi(unifi.base, unifi.key, None).find("default", unifi.device)
    assert unifi.asked == [], "the key was shown to nobody"
    with pytest.raises(ControllerError, match="401"):
        UniFi(unifi.base, "another key", portal.fingerprint_of(unifi.base)).find("default", unifi.device)
    assert unifi.key not in repr(UniFi(unifi.base, unifi.key, portal.fingerprint_of(unifi.base)))


def test_the_scheduler_asks(settings: Settings, sqlite_database: Database) -> None:
    names = [job.name for job in jobs(settings, threading.Event())]
    assert {"ask_controllers", "end_sessions_at_controllers"} <= set(names)
