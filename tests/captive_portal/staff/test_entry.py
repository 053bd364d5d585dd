"""Signing in and out: who gets in, for how long, and what guessing costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hotspots.models import AuditEntry, StaffMember
from tests.captive_portal.conftest import Clock
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town


def _actions(town: Town) -> list[tuple[str, str]]:
    with town.database.read() as db:
        return [(entry.actor, entry.action) for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_the_right_password_opens_the_overview_and_is_written_down(desk: Desk, town: Town) -> None:
    page = desk.sign_in("jan")
    assert (desk.path, page.heading) == ("/staff/", "Overview")
    assert _actions(town)[-1] == ("jan", "staff.login")


def test_an_unknown_name_a_wrong_password_and_a_locked_account_get_one_answer(
    app: Flask, town: Town, clock: Clock
) -> None:
    answers = set()
    for name, password in [("nobody", "x"), ("jan", "x"), *[("jan", "x")] * 4, ("jan", town.passwords["jan"])]:
        desk = Desk(app, town.passwords)
        page = desk.sign_in(name, password)
        assert desk.response.status_code == 403
        answers.add(page.text)
    assert len(answers) == 1
    assert "Name and password do not fit" in answers.pop()

    clock.pass_by(minutes=1)
    desk = Desk(app, town.passwords)
    assert desk.sign_in("jan").heading == "Overview"


def test_one_address_guesses_ten_times_a_minute_whatever_the_names(app: Flask, town: Town) -> None:
    guesser = Desk(app, town.passwords, address="203.0.113.9")
    guesser.go("/staff/login")
    statuses = [guesser.post("/staff/login", name=f"name {number}", password="x") for number in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert Desk(app, town.passwords).sign_in("jan").heading == "Overview"


def test_one_ipv6_customer_is_one_address(app: Flask, town: Town) -> None:
    statuses = []
    for host in range(11):
        guesser = Desk(app, town.passwords, address=f"2001:db8:1:2::{host:x}")
        guesser.go("/staff/login")
        statuses.append(guesser.post("/staff/login", name=f"name {host}", password="x"))
    assert statuses == [403] * 10 + [429]


def test_an_office_that_signs_in_well_is_not_held_up(app: Flask, town: Town) -> None:
    for _ in range(12):
        assert Desk(app, town.passwords).sign_in("jan").heading == "Overview"


def test_a_session_from_before_the_login_is_worth_nothing(app: Flask, town: Town) -> None:
    desk = Desk(app, town.passwords)
    desk.go("/staff/login")
    planted = desk.cookie()
    desk.sign_in("jan")
    assert desk.cookie() != planted

    thief = Desk(app, town.passwords)
    thief.take_cookie(planted)
    assert thief.go("/staff/").heading == "Sign in"


def test_the_cookie_ends_with_the_browser(desk: Desk, town: Town) -> None:
    desk.go("/staff/login")
    typed = {"name": "jan", "password": town.passwords["jan"]}
    assert desk.post("/staff/login", **typed) == 303
    assert "Expires" not in desk.set_cookie
    assert "Max-Age" not in desk.set_cookie


@pytest.mark.parametrize("attribute", ["HttpOnly", "Secure", "SameSite=Lax"])
def test_the_cookie_is_kept_from_scripts_and_from_others(app: Flask, town: Town, attribute: str) -> None:
    desk = Desk(app, town.passwords)
    desk.go("/staff/login")
    assert attribute in desk.response.headers["Set-Cookie"]


def test_half_an_hour_without_a_click_ends_it(desk: Desk, clock: Clock) -> None:
    desk.sign_in("jan")
    for _ in range(3):
        clock.pass_by(minutes=29)
        assert desk.go("/staff/").heading == "Overview"
    clock.pass_by(minutes=31)
    page = desk.go("/staff/sessions")
    assert page.heading == "Sign in"
    assert "because nothing happened for a while" in page.text


def test_eight_hours_end_it_however_busy(desk: Desk, clock: Clock) -> None:
    desk.sign_in("jan")
    for _ in range(24):
        clock.pass_by(minutes=20)
        assert desk.go("/staff/").heading == "Overview"
    clock.pass_by(minutes=1)
    assert desk.go("/staff/").heading == "Sign in"


def test_who_signs_in_gets_the_page_that_was_asked_for(desk: Desk, town: Town) -> None:
    desk.go("/staff/sessions?show=recent")
    desk.submit("/staff/login", name="jan", password=town.passwords["jan"])
    assert desk.path == "/staff/sessions?show=recent"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/staff/", "//evil.example/staff/", "/\\evil.example/staff/", "/status", "javascript:0"],
)
def test_the_login_leads_nowhere_else(desk: Desk, town: Town, elsewhere: str) -> None:
    desk.go("/staff/login")
    desk.submit("/staff/login", name="jan", password=town.passwords["jan"], next=elsewhere)
    assert desk.path == "/staff/"


def test_logging_out_takes_a_form(desk: Desk, town: Town) -> None:
    desk.sign_in("jan")
    assert desk.status("/staff/logout") == 405
    assert desk.post_without_token("/staff/logout") == 400
    assert desk.submit("/staff/logout").heading == "Sign in"
    assert desk.go("/staff/").heading == "Sign in"
    assert _actions(town)[-1] == ("jan", "staff.logout")


def test_who_is_disabled_is_out_at_once(desk: Desk, town: Town, clock: Clock) -> None:
    desk.sign_in("jan")
    with town.database.write() as db:
        db.scalars(select(StaffMember).where(StaffMember.name == "jan")).one().disabled_at = clock.now
    assert desk.go("/staff/").heading == "Sign in"


def _with_first_password(town: Town, name: str) -> None:
    with town.database.write() as db:
        db.scalars(select(StaffMember).where(StaffMember.name == name)).one().must_change_password = True


@pytest.mark.parametrize("path", ["/staff/", "/staff/sessions", "/staff/refusals", "/staff/vouchers"])
def test_a_first_password_opens_only_the_page_that_changes_it(desk: Desk, town: Town, path: str) -> None:
    _with_first_password(town, "jan")
    page = desk.sign_in("jan")
    assert page.heading == "Change the password"
    assert "only you know" in page.text
    assert desk.go(path).heading == "Change the password"


@pytest.mark.parametrize(
    ("new", "repeated", "complaint"),
    [
        ("short words", "short words", "at least 12 characters"),
        ("jan i jego pies", "jan i jego pies", "Your name must not be part"),
        ("koń bateria zszywka", "kon bateria zszywka", "The two new passwords differ"),
        ("", "", "Fill this in"),
    ],
)
def test_a_bad_new_password_is_explained(desk: Desk, town: Town, new: str, repeated: str, complaint: str) -> None:
    _with_first_password(town, "jan")
    desk.sign_in("jan")
    typed = {"current": town.passwords["jan"], "new": new, "repeated": repeated}
    page = desk.submit("", **typed)
    assert desk.response.status_code == 422
    assert complaint in page.text
    assert desk.go("/staff/").heading == "Change the password"


def test_the_present_password_is_asked_for(desk: Desk) -> None:
    desk.sign_in("jan")
    desk.go("/staff/password")
    new = "koń bateria zszywka"
    page = desk.submit("", current="wrong", new=new, repeated=new)
    assert "This is not your present password" in page.text


def test_a_new_password_ends_all_other_sessions(app: Flask, town: Town) -> None:
    here, elsewhere = Desk(app, town.passwords), Desk(app, town.passwords)
    _with_first_password(town, "jan")
    here.sign_in("jan")
    elsewhere.sign_in("jan")
    new = "koń bateria zszywka"
    page = here.submit("", current=town.passwords["jan"], new=new, repeated=new)
    assert (page.heading, "Your password is changed" in page.text) == ("Overview", True)
    assert elsewhere.go("/staff/").heading == "Sign in"
    assert Desk(app, town.passwords).sign_in("jan", new).heading == "Overview"
    assert ("jan", "staff.password") in _actions(town)


def test_a_page_may_be_open_for_long_before_it_is_sent(desk: Desk, town: Town, clock: Clock) -> None:
    desk.go("/staff/login")
    clock.now += timedelta(hours=3)
    assert desk.submit("/staff/login", name="jan", password=town.passwords["jan"]).heading == "Overview"
