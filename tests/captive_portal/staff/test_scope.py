"""What lies between gminas: nobody sees, finds or changes anything of another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from hotspots.models import LoginDecision, SessionCommand, Voucher, VoucherBatch
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import NEIGHBOURS_PHONE, PHONE, Town, refuse

Seated = Callable[[str], Desk]
OF_THE_POWIAT = ("anna", "tomasz", "karol")
OF_BELZYCE = ("jan", "iwona")
LISTS = ("/staff/", "/staff/sessions", "/staff/sessions?show=recent", "/staff/refusals", "/staff/vouchers")


@pytest.mark.parametrize("name", OF_BELZYCE)
@pytest.mark.parametrize("path", LISTS)
def test_no_list_names_the_neighbours(desk_of: Seated, name: str, path: str) -> None:
    html = desk_of(name).go(path).html
    for theirs in ("Głusk", "glusk", "Biblioteka", NEIGHBOURS_PHONE):
        assert theirs not in html


@pytest.mark.parametrize("name", OF_THE_POWIAT)
def test_the_powiat_sees_all(desk_of: Seated, name: str) -> None:
    desk = desk_of(name)
    assert "Gmina Głusk" in desk.go("/staff/").text
    assert {PHONE, NEIGHBOURS_PHONE} <= set(desk.go("/staff/sessions").links)
    assert {PHONE, NEIGHBOURS_PHONE} <= set(desk.go("/staff/refusals").links)
    assert "Gmina Głusk" in desk.go("/staff/vouchers").text


def test_the_neighbours_see_theirs(desk_of: Seated) -> None:
    desk = desk_of("ewa")
    assert NEIGHBOURS_PHONE in desk.go("/staff/sessions").html
    assert "Bełżyce" not in desk.go("/staff/").html


@pytest.mark.parametrize("name", [*OF_BELZYCE, "ewa"])
def test_the_numbers_of_others_are_numbers_of_nothing(desk_of: Seated, town: Town, name: str) -> None:
    desk = desk_of(name)
    session, batch = (town.our_session, town.our_batch) if name == "ewa" else (town.their_session, town.their_batch)
    hotspot = "belzyce-urzad" if name == "ewa" else "glusk-biblioteka"
    for path in (
        f"/staff/sessions/{session}",
        f"/staff/vouchers/{batch}",
        f"/staff/vouchers/{batch}/print",
        f"/staff/sessions?hotspot={hotspot}",
    ):
        assert desk.status(path) == 404, path


@pytest.mark.parametrize("number", [0, 999_999, 2**31 - 1, 2**31, 2**70])
def test_what_does_not_exist_is_answered_alike(desk_of: Seated, number: int) -> None:
    desk = desk_of("anna")
    assert desk.status(f"/staff/sessions/{number}") == 404
    assert desk.status(f"/staff/vouchers/{number}") == 404


@pytest.mark.parametrize("name", OF_BELZYCE)
def test_nothing_of_others_is_changed(desk_of: Seated, town: Town, name: str) -> None:
    desk = desk_of(name)
    for path in (
        f"/staff/sessions/{town.their_session}/disconnect",
        f"/staff/vouchers/{town.their_batch}/revoke",
        f"/staff/voucher/{town.their_voucher}/revoke",
    ):
        assert desk.post(path) == 404, path
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(SessionCommand)) == 0
        assert db.scalar(select(func.count()).where(Voucher.revoked_at.is_not(None))) == 0


def test_no_vouchers_are_made_in_the_name_of_others(desk_of: Seated, town: Town) -> None:
    with town.database.read() as db:
        theirs = db.get_one(VoucherBatch, town.their_batch).authority_id
        plan = db.get_one(VoucherBatch, town.their_batch).plan_id
        before = db.scalar(select(func.count()).select_from(VoucherBatch))
    desk = desk_of("jan")
    form = {"plan": str(plan), "count": "5", "lifetime_hours": "24", "valid_days": "30"}
    assert desk.post("/staff/vouchers", authority=str(theirs), **form) == 422
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(VoucherBatch)) == before


@pytest.mark.parametrize("page", ["sessions", "refusals"])
def test_the_search_for_a_device_finds_nothing_of_others(desk_of: Seated, page: str) -> None:
    shown = desk_of("jan").go(f"/staff/{page}?device={NEIGHBOURS_PHONE}")
    assert f"/staff/{page}?device={NEIGHBOURS_PHONE}" not in shown.links.values()
    assert "Głusk" not in shown.html
    assert "blocked" not in shown.text


def test_an_access_point_that_nobody_knows_is_shown_to_the_powiat_only(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        refuse(db, None, "a2:00:00:00:00:09", "access_point_unknown")
        assert db.scalar(select(func.count()).where(LoginDecision.access_point_id.is_(None))) == 1
    assert "not in our inventory" in desk_of("anna").go("/staff/refusals").text
    assert "not in our inventory" not in desk_of("jan").go("/staff/refusals").text


@pytest.mark.parametrize(
    "path", [*LISTS, "/staff/password", "/staff/sessions/1", "/staff/vouchers/1", "/staff/vouchers/1/print"]
)
def test_a_stranger_sees_only_the_door(desk: Desk, path: str) -> None:
    assert desk.status(path) == 302
    assert desk.go(path).heading == "Sign in"


@pytest.mark.parametrize(
    "path",
    [
        "/staff/logout",
        "/staff/vouchers",
        "/staff/sessions/1/disconnect",
        "/staff/vouchers/1/revoke",
        "/staff/voucher/1/revoke",
    ],
)
def test_a_stranger_changes_nothing_even_with_a_token(desk: Desk, town: Town, path: str) -> None:
    desk.go("/staff/login")
    assert desk.post(path) == 302
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(SessionCommand)) == 0
        assert db.scalar(select(func.count()).where(Voucher.revoked_at.is_not(None))) == 0
