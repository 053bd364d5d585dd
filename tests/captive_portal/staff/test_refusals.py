"""Why somebody cannot get on, as a member of staff reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import asdict

from captive_portal.staff.sentences import RULES, SENTENCES, in_words, sentence
from hotspots import policy
from hotspots.logins import asking_again
from hotspots.logins.travel import USUAL
from hotspots.plans import Plan
from hotspots.policy import Check, OpenSession, Person, Reason, Subject, SubjectKind, Usage
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import PHONE, Town, refuse
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
OTHER = "a2:00:00:00:00:05"


def _tell(desk_of: Seated, town: Town, reason: str, **more: object) -> str:
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, reason, at=NOW, **more)
    return desk_of("jan").go(f"/staff/refusals?device={OTHER}").text


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_a_sentence_and_an_advice(app: Flask, reason: Reason) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = sentence(reason.value)
        assert said is SENTENCES[reason]
        assert str(said.what).endswith(".")
        assert str(said.advice).endswith(".")
        assert reason.value not in f"{said.what} {said.advice}"


def test_no_two_reasons_sound_alike(app: Flask) -> None:
    with app.test_request_context():
        assert len({str(said.what) for said in SENTENCES.values()}) == len(Reason)


def test_a_reason_of_another_version_is_told_as_unknown(desk_of: Seated, town: Town) -> None:
    assert "a reason that this page does not know" in _tell(desk_of, town, "of_tomorrow")


def test_every_rule_of_the_policy_has_a_name() -> None:
    plan = Plan(
        "x", "x", session_seconds=60, pause_seconds=60, daily_seconds=60, monthly_seconds=600, daily_octets=10,
        monthly_octets=100, devices_at_once=2,
    )  # fmt: skip
    person = Person(Subject(SubjectKind.DEVICE, PHONE))
    paused = Usage(last_ended_at=NOW, spell_started_at=NOW - timedelta(minutes=2))
    decisions = [
        policy.decide(person, PHONE, plan, Usage(), [OpenSession("other")], NOW),
        policy.decide(person, PHONE, plan, paused, [], NOW),
    ]
    checks = [check for decision in decisions for check in decision.checks]
    seen_elsewhere = asking_again.Seen(asking_again.Place("elsewhere"), NOW, NOW, online=True)
    asked = asking_again.Remembered(PHONE, NOW)
    here = asking_again.Place("here")
    again = asking_again.ask_again(asked, here, [seen_elsewhere], plan, USUAL, NOW)
    assert isinstance(again, policy.Refuse)
    assert {check.rule for check in (*checks, *again.checks)} == RULES


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (Check("daily_time", 2700, 3600, 900), "Time today: 45 min of 1 hr used, 15 min left"),
        (
            Check("monthly_octets", 750_000_000, 750_000_000, 0),
            "Data this month: 750 MB of 750 MB used, 0 byte left",
        ),
        (Check("devices_at_once", 3, 3, 0), "Devices online at once: 3 of 3 used, 0 left"),
        (Check("credential", None, None, 0), "Voucher's own time: 0 sec left"),
        (Check("session_time", None, 14400, 14400), "Time of one session: limit 4 hr, 4 hr left"),
        (Check("of_tomorrow", 1, 2, 1), "of_tomorrow: 1 of 2 used, 1 left"),
        (
            Check("way", 20_284, 1000, 0),
            "Way from another hotspot: 20.3 km, of 1 km that are possible in the time, 0 m left",
        ),
        (Check("way", None, 1000, 0), "Way from another hotspot: limit 1 km, 0 m left"),
        (
            Check("random_address", 1_296_000, 1_209_600, 0),
            "Time since the last sign-in, with a made-up address: 15 days of 14 days used, 0 sec left",
        ),
    ],
)
def test_a_check_is_told_with_its_figures(desk_of: Seated, town: Town, check: Check, words: str) -> None:
    assert words in _tell(desk_of, town, "daily_time_spent", checks=[asdict(check)])


def test_a_rule_that_limited_nothing_is_left_out(desk_of: Seated, town: Town) -> None:
    text = _tell(desk_of, town, "too_many_devices", checks=[asdict(Check("credential", None, None, None))])
    assert "Voucher's own time" not in text


def test_a_check_without_some_figures_is_still_a_check(app: Flask) -> None:
    with app.test_request_context():
        assert in_words({"rule": "pause"}).used is None


@pytest.mark.parametrize(
    ("minutes", "words"), [(9, "It works again from 13:09"), (-9, "It has worked again since 12:51")]
)
def test_when_it_works_again_is_said(desk_of: Seated, town: Town, minutes: int, words: str) -> None:
    text = _tell(desk_of, town, "pause_not_over", retry_at=NOW + timedelta(minutes=minutes))
    assert words in text


@pytest.mark.parametrize(
    ("reason", "words"),
    [("device_not_remembered", "the normal first step"), ("asked_again_random", "normal: one sign-in is enough")],
)
def test_who_is_only_asked_is_no_refusal_until_it_is_asked_for(
    desk_of: Seated, town: Town, reason: str, words: str
) -> None:
    assert words in _tell(desk_of, town, reason)
    assert words not in desk_of("jan").go("/staff/refusals").text


def test_an_address_that_is_in_two_places_stands_among_the_refusals(desk_of: Seated, town: Town) -> None:
    _tell(desk_of, town, "asked_again_moved")
    assert "somebody may be using the device's address" in desk_of("jan").go("/staff/refusals").text


def test_where_nothing_was_refused_the_page_says_what_to_try(desk_of: Seated) -> None:
    page = desk_of("jan").go("/staff/refusals?device=a2:00:00:00:00:77")
    assert "Nobody refused this device here" in page.text
    assert page.links["Is it online?"] == "/staff/sessions?device=a2:00:00:00:00:77"


def test_logins_that_went_well_are_not_among_them(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, None, at=NOW)
    assert OTHER not in desk_of("jan").go("/staff/refusals").html


def test_the_list_goes_back_a_month_and_pages(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        for number in range(70):
            refuse(db, town.ours, f"b2:00:00:00:00:{number:02x}", "try_later", at=NOW - timedelta(hours=number))
        refuse(db, town.ours, OTHER, "try_later", at=NOW - timedelta(days=31))
    for name in ("jan", "anna"):
        desk = desk_of(name)
        first = desk.go("/staff/refusals")
        second = desk.go(first.links["Older ones"])
        assert "Older ones" not in second.links
        devices = [text for page in (first, second) for text in page.links if text.startswith("b2:")]
        assert len(devices) == len(set(devices)) == 70
        assert OTHER not in first.html + second.html
