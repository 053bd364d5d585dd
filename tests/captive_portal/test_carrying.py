"""From a kiosk to one's phone: what is left goes along once, and the kiosk's session ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hotspots.database import Database
from hotspots.models import AccessPoint, AuditEntry, Kiosk, ServicePlan, Session, SessionCommand, VoucherBatch
from hotspots.policy import Accept
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import UAM_SECRET, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.places import NOW, add_library
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

KIOSK, PHONE = "02:11:22:33:44:55", "02:11:22:33:44:77"
HEADING = "Scan this with your phone"


@pytest.fixture
def kiosk(network: Database) -> Database:
    """A kiosk that has been online for ten minutes of its hour, with 40 of 50 MB left."""
    with network.write() as db:
        point, plan = db.scalars(select(AccessPoint)).one(), db.scalars(select(ServicePlan)).one()
        kiosk = Kiosk(slug="belzyce-infomat", name="Infomat", hotspot=point.hotspot, plan=plan, device=KIOSK)
        db.add(kiosk)
        db.flush()
        db.add(
            Session(
                key="kiosk", access_point_id=point.id, acct_session_id="k1", user_name=KIOSK, device=KIOSK,
                subject_kind="kiosk", subject_key=str(kiosk.id), plan_id=plan.id, updated_at=NOW, changed_at=NOW,
                started_at=NOW - timedelta(minutes=10), session_seconds=600, octets_up=2_000_000,
                octets_down=8_000_000, limit_seconds=3600, limit_octets=50_000_000,
            )
        )  # fmt: skip
    return network


def at_the_kiosk(browser: Browser, chilli: FakeCoovaChilli) -> None:
    chilli.device = KIOSK
    browser.go(chilli.redirect(chilli.client(KIOSK), "already"))
    assert browser.page.heading == "You are online"


def code_in(browser: Browser) -> str:
    found = re.search(r'class="voucher">([A-Z0-9-]+)<', browser.page.html)
    assert found is not None
    return found[1]


def test_the_phone_gets_what_is_left_and_the_kiosk_is_disconnected(
    browser: Browser, chilli: FakeCoovaChilli, radius: RadiusStandIn, kiosk: Database
) -> None:
    at_the_kiosk(browser, chilli)
    assert browser.submit("/carry").heading == HEADING
    assert "<svg" in browser.page.html
    code = code_in(browser)
    with kiosk.read() as db:
        command = db.scalars(select(SessionCommand)).one()
        batch = db.scalars(select(VoucherBatch)).one()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "voucher.create")).one()
    assert (command.kind, command.state, command.cause) == ("disconnect", "asked", "user_request")
    assert (batch.total_seconds, batch.total_octets, entry.actor) == (3000, 40_000_000, "kiosk belzyce-infomat")

    chilli.device = PHONE
    browser.go(WANTED)
    assert browser.submit("/voucher", code=code).heading == "You are online"
    decision = radius.outcomes[-1].decision
    assert isinstance(decision, Accept)
    assert (decision.limits.session_seconds, decision.limits.total_octets) == (3000, 40_000_000)


def test_it_is_carried_once(browser: Browser, chilli: FakeCoovaChilli, kiosk: Database) -> None:
    at_the_kiosk(browser, chilli)
    form = browser.page.form("/carry")
    browser.submit("/carry")
    browser.page.forms.append(form)
    assert browser.submit("/carry").heading == "There is nothing to carry on"
    assert browser.status == 409
    with kiosk.read() as db:
        assert len(db.scalars(select(VoucherBatch)).all()) == 1


def test_a_session_that_is_nobody_s_kiosk_or_over_is_not_carried(
    browser: Browser, chilli: FakeCoovaChilli, radius: RadiusStandIn, kiosk: Database, clock: Clock
) -> None:
    at_the_kiosk(browser, chilli)
    form = browser.page.form("/carry")
    with kiosk.write() as db:
        db.scalars(select(Session)).one().stopped_at = NOW
    browser.submit("/carry")
    assert browser.status == 409
    chilli.device = PHONE
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    browser.go(browser.address)
    assert "/carry" not in [each.action for each in browser.page.forms]
    form.fields["visit"] = browser.page.form("/logout").fields["visit"]
    browser.page.forms.append(form)
    browser.submit("/carry")
    assert browser.status == 409
    with kiosk.read() as db:
        assert db.scalars(select(VoucherBatch)).all() == []


def test_a_kiosk_s_session_at_another_hotspot_is_not_carried(
    browser: Browser, chilli: FakeCoovaChilli, kiosk: Database
) -> None:
    at_the_kiosk(browser, chilli)
    with kiosk.write() as db:
        db.scalars(select(Kiosk)).one().hotspot = add_library(db)
    browser.submit("/carry")
    assert browser.status == 409
    with kiosk.read() as db:
        assert db.scalars(select(VoucherBatch)).all() == []


def test_where_vouchers_are_no_way_in_nothing_is_offered(
    browser: Browser, chilli: FakeCoovaChilli, kiosk: Database
) -> None:
    at_the_kiosk(browser, chilli)
    form = browser.page.form("/carry")
    choose(kiosk, "tap")
    browser.go(browser.address)
    assert "/carry" not in [each.action for each in browser.page.forms]
    browser.page.forms.append(form)
    browser.submit("/carry")
    assert browser.status == 409


def test_carrying_reads_no_table_that_grows(browser: Browser, chilli: FakeCoovaChilli, kiosk: Database) -> None:
    fill(kiosk, NOW)
    with watching() as watch:
        at_the_kiosk(browser, chilli)
        assert browser.submit("/carry").heading == HEADING
    assert [str(one) for one in whole_readings(kiosk, watch)] == []


def test_everybody_can_use_the_pages(
    chromium: playwright.sync_api.Browser, settings: Settings, kiosk: Database
) -> None:
    with kiosk.write() as db:
        session, now = db.scalars(select(Session)).one(), datetime.now(UTC)
        session.started_at, session.updated_at = now - timedelta(minutes=10), now
    found: list[str] = []
    with phone_of(chromium, locale="de") as page, portal.serving(settings) as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, "belzyce-urzad-1", lambda *_: False, device=KIOSK)
        page.goto(chilli.redirect(chilli.client(KIOSK), "already"))
        status = page.url
        found += examination.faults(page)
        page.goto(status)
        page.click("form[action='/carry'] button")
        page.wait_for_selector(".voucher")
        found += examination.faults(page)
        page.goto(status)
        page.click("form[action='/carry'] button")
        expect(page.locator("h1")).to_have_text("Es gibt nichts mitzunehmen")
        found += examination.faults(page)
    assert found == []
