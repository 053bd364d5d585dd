"""A fault in two taps: the report, its number, what staff answer, and until when it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api
import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import insert, select

from hotspots.database import Database
from hotspots.jobs.old_fault_reports import delete_old_fault_reports
from hotspots.models import AuditEntry, FaultReport, Hotspot
from hotspots.residents.fault_reports import Trouble
from hotspots.settings import Settings
from hotspots.vouchers import new_code, normalise
from monitoring.runner import DatabaseRunner, collectors
from tests.captive_portal import examination, portal
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town, build
from tests.captive_portal.test_ways_in import WANTED
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

PHRASE = "Router mruga na czerwono"


@pytest.fixture
def town(network: Database, secret_key: SecretStr) -> Town:
    return build(network, secret_key)


@pytest.fixture
def desk_of(app: Flask, town: Town) -> Callable[[str], Desk]:
    def seated(name: str) -> Desk:
        desk = Desk(app, town.passwords)
        desk.sign_in(name)
        return desk

    return seated


def reports(database: Database) -> list[FaultReport]:
    with database.read() as db:
        return list(db.scalars(select(FaultReport).order_by(FaultReport.reported_at)))


def number_in(browser: Browser) -> str:
    return parse_qs(urlsplit(browser.address).query)["number"][0]


def report(browser: Browser, **typed: str) -> str:
    """Two taps from the login page; the number."""
    browser.go(WANTED)
    browser.click("Report a fault")
    browser.submit("/report", **{"trouble": "slow", **typed})
    return number_in(browser)


def test_two_taps_give_a_number_and_keep_nobody(browser: Browser, network: Database) -> None:
    number = report(browser)
    assert browser.page.heading == "We have your report"
    assert number in browser.page.text
    assert "Nobody has answered yet." in browser.page.text
    (kept,) = reports(network)
    assert (kept.trouble, kept.sealed_words, kept.number) == ("slow", None, normalise(number))
    assert not any("02:11:22:33:44:55" in str(value) for value in vars(kept).values())


@pytest.mark.parametrize("path", ["/uam", "/status?visit=x", "/"])
def test_who_was_refused_or_has_no_visit_chooses_the_hotspot(
    browser: Browser, network: Database, path: str
) -> None:
    browser.go(f"{BASE}{path}")
    browser.click("Report a fault")
    assert browser.submit("/report", trouble="page").heading == "Report a fault"
    assert "Choose the hotspot." in browser.page.text
    assert browser.status == 422
    browser.submit("/report", trouble="page", hotspot="belzyce-urzad")
    assert browser.page.heading == "We have your report"
    assert len(reports(network)) == 1


@pytest.mark.parametrize(
    "typed", [{"trouble": "other"}, {"trouble": "fire"}, {"trouble": "other", "words": "a\x00b"}, {"trouble": ""}]
)
def test_what_says_nothing_is_asked_again(browser: Browser, network: Database, typed: dict[str, str]) -> None:
    browser.go(WANTED)
    browser.click("Report a fault")
    browser.submit("/report", **typed)
    assert (browser.status, reports(network)) == (422, [])
    assert "Say what is wrong" in browser.page.text


def test_staff_answer_and_close_and_the_reporter_reads_it(
    browser: Browser, town: Town, desk_of: Callable[[str], Desk], clock: Clock
) -> None:
    number = report(browser, trouble="other", words=f"{PHRASE} {'x' * 300}")
    path = f"/staff/faults/{normalise(number)}"
    desk = desk_of("jan")
    assert "Reports that nobody has closed: 1." in desk.page.text
    assert "Something else" in desk.go("/staff/faults").text
    assert PHRASE in desk.go(path).text
    assert "x" * 176 not in desk.page.text, "200 characters are kept at the most"

    desk.submit(path, answer="", do="answer")
    assert "Write a sentence for the resident first." in desk.page.text
    desk.submit(path, answer="Technik jedzie.", do="answer")
    assert "Technik jedzie." in browser.go(browser.address).text
    assert browser.page.heading == "The staff answered"

    clock.pass_by(minutes=5)
    desk.go(path)
    desk.submit(path, answer="", do="close")
    browser.go(f"{BASE}/report")
    browser.go(f"{BASE}/fault?number={number.lower().replace('-', ' ')}")
    assert browser.page.heading == "It is mended"
    assert "Technik jedzie." in browser.page.text
    desk.go("/staff/ways-in/belzyce-urzad")
    assert desk.post(path, answer="Once more", do="answer") == 303
    assert "It had been closed already." in desk.go(path).text
    assert "Reports that nobody has closed" not in desk.go("/staff/").text
    with town.database.read() as db:
        actions = db.scalars(select(AuditEntry.action).where(AuditEntry.actor == "jan")).all()
    assert [action for action in actions if action.startswith("fault")] == ["fault.answer", "fault.close"]


def test_another_gmina_s_staff_sees_and_answers_nothing(
    browser: Browser, town: Town, desk_of: Callable[[str], Desk]
) -> None:
    path = f"/staff/faults/{normalise(report(browser))}"
    stranger = desk_of("ewa")
    assert "Reports that nobody has closed" not in stranger.page.text
    assert "No fault is open." in stranger.go("/staff/faults").text
    assert stranger.status(path) == 404
    stranger.go("/staff/faults")
    assert stranger.post(path, answer="x", do="close") == 404
    assert Desk(stranger._client.application, town.passwords).status(path) == 302
    assert reports(town.database)[0].closed_at is None


def test_numbers_are_not_found_by_trying(browser: Browser, network: Database) -> None:
    report(browser)
    for _ in range(30):
        browser.go(f"{BASE}/fault?number={new_code()}")
        assert (browser.status, "There is no report with this number." in browser.page.text) == (404, True)
    browser.go(f"{BASE}/fault?number={new_code()}")
    assert browser.status == 429


def test_a_device_reports_five_times_an_hour_and_a_hotspot_thirty(
    browser: Browser, network: Database, chilli: FakeCoovaChilli
) -> None:
    for _ in range(5):
        report(browser)
    browser.go(WANTED)
    browser.click("Report a fault")
    browser.submit("/report", trouble="slow")
    assert (browser.status, len(reports(network))) == (429, 5)
    for other in range(6):
        chilli.device = f"02:11:22:33:44:{other:02x}"
        for _ in range(5):
            browser.go(WANTED)
            browser.click("Report a fault")
            browser.submit("/report", trouble="slow")
    assert (browser.status, len(reports(network))) == (409, 30)
    assert "the staff must know by now" in browser.page.text


def test_closed_reports_go_after_the_authority_s_days_and_open_ones_stay(network: Database) -> None:
    with network.write() as db:
        hotspot = db.scalars(select(Hotspot)).one()
        hotspot.authority.retention_days = 10
        for number, closed_days in (("A", None), ("B", 9), ("C", 11)):
            closed_at = None if closed_days is None else NOW - timedelta(days=closed_days)
            reported_at = NOW - timedelta(days=40)
            row = {"number": number, "trouble": Trouble.SLOW.value, "reported_at": reported_at}
            db.add(FaultReport(hotspot_id=hotspot.id, closed_at=closed_at, **row))
    registry = CollectorRegistry()
    registry.register(DatabaseRunner(network, collectors(), lambda: NOW))
    labels = {"authority": "belzyce", "hotspot": "belzyce-urzad"}
    assert registry.get_sample_value("hotspots_fault_reports_open", labels) == 1
    assert delete_old_fault_reports(network, NOW) == 1
    assert delete_old_fault_reports(network, NOW) == 0
    assert [row.number for row in reports(network)] == ["A", "B"]


def test_no_page_reads_all_reports(browser: Browser, town: Town, desk_of: Callable[[str], Desk]) -> None:
    with town.database.write() as db:
        hotspots = db.scalars(select(Hotspot.id)).all()
        rows = [
            {
                "number": f"OLD{each}",
                "hotspot_id": hotspots[each % len(hotspots)],
                "trouble": "slow",
                "reported_at": NOW - timedelta(hours=each + 2),
                "closed_at": None if each < 5 else NOW - timedelta(minutes=each),
            }
            for each in range(3_000)
        ]
        db.execute(insert(FaultReport), rows)
    fill(town.database, NOW)
    desks = [desk_of(name) for name in ("anna", "jan")]
    with watching() as watch:
        number = report(browser)
        for desk in desks:
            desk.go("/staff/faults")
            desk.go(f"/staff/faults/{normalise(number)}")
        delete_old_fault_reports(town.database, NOW)
        with town.database.read() as db:
            list(collectors()["fault_reports"](db, NOW))
    assert [str(one) for one in whole_readings(town.database, watch)] == []


def test_everybody_can_use_the_pages(chromium: playwright.sync_api.Browser, settings: Settings, town: Town) -> None:
    found: list[str] = []
    with phone_of(chromium, locale="de") as page, portal.serving(settings) as base:
        page.goto(f"{base}/report?lang=de")
        found += examination.faults(page)
        page.select_option("#hotspot", "belzyce-urzad")
        page.click("button[value=slow]")
        page.wait_for_selector(".voucher")
        found += examination.faults(page)
        page.goto(f"{base}/fault?number=x&lang=de")
        found += examination.faults(page)
    assert found == []
