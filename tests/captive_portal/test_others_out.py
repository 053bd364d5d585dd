"""A second device of one person: it is told the truth, and can have the first one logged out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import delete, select, update

from captive_portal.visits import FRESH
from hotspots import models
from hotspots.database import Database
from hotspots.policy import Accept
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import UAM_SECRET, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.phones import phone_of, reads
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_ways_in import WANTED
from tests.hotspots.places import NOW, add_library
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

PHONE, LAPTOP, OTHER = "02:11:22:33:44:55", "02:11:22:33:44:77", "02:11:22:33:44:99"
HELD = "Another of your devices has all that is left"
LEAVING = "Your other device is being logged out"


@pytest.fixture
def code(
    browser: Browser, chilli: FakeCoovaChilli, radius: RadiusStandIn, network: Database, secret_key: SecretStr,
    clock: Clock,
) -> str:  # fmt: skip
    """A voucher of 1 MB, all of which the phone was given; it has used 400 kB, and the laptop is in one's hand."""
    code = make_voucher(network, secret_key, total_octets=1_000_000)
    chilli.device = PHONE
    browser.go(WANTED)
    assert browser.submit("/voucher", code=code).heading == "You are online"
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.INTERIM, seconds=300, down=400_000)
    chilli.device = LAPTOP
    browser.go(WANTED)
    return code


def add_second_place(database: Database) -> None:
    with database.write() as db:
        first = db.scalars(select(models.AccessPoint)).one()
        secrets = {"sealed_secret": first.sealed_secret, "sealed_uam_secret": first.sealed_uam_secret}
        name, library = "belzyce-biblioteka-1", add_library(db)
        there = {"name": name, "nas_identifier": name, "hotspot_id": library.id, "address": "127.0.1.2"}
        kind = {"make": first.make, "gateway": first.gateway}
        db.add(models.AccessPoint(**there, **kind, **secrets))


def orders(database: Database) -> list[tuple[str, str, str | None]]:
    with database.read() as db:
        found = db.scalars(select(models.SessionCommand))
        return [(each.kind, each.cause, each.session.device) for each in found]


def test_what_another_device_holds_is_not_called_used_up(browser: Browser, code: str, network: Database) -> None:
    page = browser.submit("/voucher", code=code)
    assert (browser.status, page.heading) == (409, HELD)
    assert "since" in page.text
    assert "used up" not in page.text
    with network.read() as db:
        last = db.scalars(select(models.LoginDecision).order_by(models.LoginDecision.id.desc())).first()
    assert last is not None
    assert (last.reason, last.voucher_id) == ("held_by_another_device", 1)
    assert orders(network) == [], "nobody has asked for it yet"


def test_it_can_be_logged_out_from_here(
    browser: Browser, radius: RadiusStandIn, code: str, network: Database, clock: Clock
) -> None:
    browser.submit("/voucher", code=code)
    assert browser.submit("/others-out").heading == LEAVING
    assert browser.submit("/others-out").heading == LEAVING, "it is still online"
    assert orders(network) == [("disconnect", "user_request", PHONE)]
    clock.pass_by(seconds=5)
    radius.account(Status.STOP, seconds=305, down=400_000, cause="Admin-Reset")

    assert browser.submit("/others-out").heading == "You are online"

    decision = radius.outcomes[-1].decision
    assert isinstance(decision, Accept)
    assert decision.limits.total_octets == 600_000


def test_one_device_too_many_is_helped_in_the_same_way(
    browser: Browser, chilli: FakeCoovaChilli, radius: RadiusStandIn, network: Database, secret_key: SecretStr
) -> None:
    with network.write() as db:
        db.scalars(select(models.ServicePlan)).one().devices_at_once = 1
    code = make_voucher(network, secret_key)
    chilli.device = PHONE
    browser.go(WANTED)
    browser.submit("/voucher", code=code)
    radius.account(Status.START)
    chilli.device = LAPTOP
    browser.go(WANTED)
    assert browser.submit("/voucher", code=code).heading == "Too many of your devices are online"
    assert browser.submit("/others-out").heading == LEAVING
    assert orders(network) == [("disconnect", "user_request", PHONE)]


@pytest.mark.parametrize("manner", ["made up", "too old", "on another device", "at another hotspot"])
def test_nobody_else_can_log_it_out(
    browser: Browser, chilli: FakeCoovaChilli, code: str, network: Database, clock: Clock, manner: str
) -> None:
    browser.submit("/voucher", code=code)
    form = browser.page.form("/others-out")
    if manner == "made up":
        form.fields["held"] += "A"
    if manner == "too old":
        clock.pass_by(seconds=FRESH.total_seconds() + 1)
    if manner == "on another device":
        chilli.device = OTHER
    if manner == "at another hotspot":
        add_second_place(network)
        chilli.nas_identifier = "belzyce-biblioteka-1"
    browser.go(WANTED)
    form.fields["visit"] = browser.page.form("/voucher").fields["visit"]
    browser.page.forms.append(form)
    browser.submit("/others-out")
    assert browser.status == 403
    assert orders(network) == []


def test_a_voucher_that_was_deleted_meanwhile_is_unknown(browser: Browser, code: str, network: Database) -> None:
    browser.submit("/voucher", code=code)
    with network.write() as db:
        db.execute(update(models.Session).values(subject_kind=None, subject_key=None))
        db.execute(update(models.LoginDecision).values(voucher_id=None))
        db.execute(delete(models.Voucher))
    assert browser.submit("/others-out").heading == "We do not know this voucher"


def test_it_reads_no_table_that_grows(browser: Browser, code: str, network: Database) -> None:
    fill(network, NOW - timedelta(days=1))
    browser.go(WANTED)  # what else was changed is known from here on
    with watching() as watch:
        assert browser.submit("/voucher", code=code).heading == HELD
        assert browser.submit("/others-out").heading == LEAVING
    assert [str(one) for one in whole_readings(network, watch)] == []


def test_everybody_can_use_the_pages(
    chromium: playwright.sync_api.Browser, settings: Settings, radius: RadiusStandIn, code: str, network: Database
) -> None:
    with network.write() as db:
        session = db.scalars(select(models.Session)).one()
        session.started_at = session.updated_at = now = datetime.now(UTC)
        batch = db.scalars(select(models.VoucherBatch)).one()
        batch.expires_at, batch.lifetime_seconds = now + timedelta(days=1), None
    found: list[str] = []
    with phone_of(chromium, locale="uk") as page, portal.serving(settings) as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, "belzyce-urzad-1", lambda *_: False, device=LAPTOP)
        page.goto(chilli.redirect(chilli.client(LAPTOP), "notyet"))
        page.locator("details", has=page.locator("form[action='/voucher']")).locator("summary").click()
        page.fill("#code", code)
        page.click("form[action='/voucher'] button")
        expect(page.locator("form[action='/others-out']")).to_be_visible()
        found += examination.faults(page)
        page.click("form[action='/others-out'] button")
        reads(page, "З’єднання вашого іншого пристрою завершується")
        found += examination.faults(page)
    assert found == []
