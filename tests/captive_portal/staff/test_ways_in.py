"""Choosing the ways in at a desk, and seeing the page as residents will."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hotspots.database import Database
from hotspots.models import AuditEntry, Hotspot
from hotspots.public_pages.ways_in import WayIn
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town

Seated = Callable[[str], Desk]
OURS = "/staff/ways-in/belzyce-urzad"
NONE = dict.fromkeys(map(str, WayIn), "0")


def ways_of(database: Database, slug: str) -> list[str]:
    with database.read() as db:
        return db.scalars(select(Hotspot).where(Hotspot.slug == slug)).one().ways_in


def test_an_administrator_chooses_and_it_is_written_down(desk_of: Seated, town: Town) -> None:
    desk = desk_of("iwona")
    assert "One tap, Voucher" in desk.go("/staff/ways-in").text
    desk.go(OURS)

    page = desk.submit(OURS, **NONE | {"voucher": "1", "tap": "3"})

    assert "The login page has these ways in now." in page.text
    assert ways_of(town.database, "belzyce-urzad") == ["voucher", "tap"]
    with town.database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "hotspot.ways_in")).one()
    assert (entry.actor, entry.subject, entry.detail) == (
        "iwona",
        "belzyce-urzad",
        {"before": ["tap", "voucher"], "after": ["voucher", "tap"]},
    )


@pytest.mark.parametrize(
    ("ways", "complaint"),
    [
        ({}, "Leave at least one way in."),
        ({"sms": "1"}, "Codes by SMS need a decision"),
        ({"email": "1"}, "need a plan for those who fetch them"),
    ],
)
def test_what_cannot_be_is_explained_and_changes_nothing(
    desk_of: Seated, town: Town, ways: dict[str, str], complaint: str
) -> None:
    desk = desk_of("iwona")
    desk.go(OURS)
    assert complaint in desk.submit(OURS, **NONE | ways).text
    assert desk.response.status_code == 422
    assert ways_of(town.database, "belzyce-urzad") == ["tap", "voucher"]


def test_wifi4eu_is_one_tap_alone(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        hotspot = db.scalars(select(Hotspot).where(Hotspot.slug == "belzyce-urzad")).one()
        hotspot.wifi4eu_network = "123e4567-e89b-42d3-a456-426614174000"
    desk = desk_of("iwona")
    desk.go(OURS)
    assert "one tap is the only way in" in desk.submit(OURS, **NONE | {"tap": "1", "voucher": "2"}).text
    desk.submit(OURS, **NONE | {"tap": "1"})
    assert ways_of(town.database, "belzyce-urzad") == ["tap"]


def test_clerks_look_and_others_see_nothing(desk_of: Seated, town: Town) -> None:
    clerk = desk_of("jan")
    assert "Administrators and technicians may change this." in clerk.go(OURS).text
    assert clerk.post(OURS, tap="1") == 403
    assert "Biblioteka" not in clerk.go("/staff/ways-in").text
    assert clerk.status("/staff/ways-in/glusk-biblioteka/preview") == 404
    assert ways_of(town.database, "belzyce-urzad") == ["tap", "voucher"]


def test_the_preview_is_the_page_and_its_links_work(desk_of: Seated) -> None:
    desk = desk_of("jan")
    page = desk.go(f"{OURS}/preview")
    assert page.heading == "Urząd"
    assert "This is how residents see the page." in page.text
    assert [form.action for form in page.forms] == ["/enter", "/voucher"]
    assert desk.go(page.links["Terms of use"]).heading.startswith("Terms of use")


def test_a_hotspot_without_an_access_point_says_so(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        db.add(Hotspot(**{name: getattr(_first(db), name) for name in _COPIED}, slug="empty", name="Empty"))
    desk = desk_of("iwona")
    assert "has no access point yet" in desk.go("/staff/ways-in/empty/preview").text


_COPIED = (
    *("authority_id", "plan_id", "place_kind", "address", "latitude", "longitude", "declared_range_m", "ssid"),
)


def _first(db: object) -> Hotspot:
    return db.scalars(select(Hotspot).where(Hotspot.slug == "belzyce-urzad")).one()  # type: ignore[attr-defined]


@pytest.fixture
def address(sqlite_database: Database, town: Town, settings: Settings) -> Iterator[str]:
    with portal.serving(settings) as base:
        yield base


def test_in_chromium_a_choice_is_made_and_the_preview_forbids_to_send_anything(
    chromium: playwright.sync_api.Browser, address: str, town: Town
) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}{OURS}")
    page.get_by_label("Name").fill("iwona")
    page.get_by_label("Password").fill(town.passwords["iwona"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Voucher").select_option("1")
    page.get_by_label("One tap").select_option("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The login page has these ways in now.")

    page.get_by_role("link", name="As residents see it").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("I have a voucher")
    response = page.reload()
    assert response is not None
    assert "form-action 'none'" in response.headers["content-security-policy"]
    context.close()
