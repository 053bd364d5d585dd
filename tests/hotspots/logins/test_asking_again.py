"""Whether a remembered device is asked again: the rules one by one, and what holds whatever is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.logins.asking_again import Place, Remembered, Seen, ask_again
from hotspots.logins.travel import USUAL, Position, Travel, metres_between
from hotspots.plans import RANDOM_ADDRESS_SECONDS, Plan
from hotspots.policy import Check, Reason, Refuse

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"
MADE_IN_A_FACTORY = "3c:22:fb:33:44:55"
PLAN = Plan("standard", "Standard")

OFFICE = Place("belzyce-urzad", Position(51.1746, 22.2812))
SQUARE = Place("belzyce-rynek", Position(51.1741, 22.28))
LUBLIN = Place("lublin-starostwo", Position(51.2474, 22.5482))
NOWHERE = Place("unmeasured")
A_DAY = timedelta(days=1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def remembered(
    device: str = MADE_IN_A_FACTORY, asked: timedelta = A_DAY, place: Place | None = OFFICE
) -> Remembered:
    return Remembered(device, NOW - asked, place)


def online(place: Place) -> Seen:
    return Seen(place, NOW - minutes(30), NOW - minutes(1), online=True)


def left(place: Place, ago: timedelta) -> Seen:
    return Seen(place, NOW - ago - minutes(30), NOW - ago)


def reason(
    known: Remembered, here: Place, *sessions: Seen, plan: Plan = PLAN, travel: Travel = USUAL
) -> Reason | None:
    answer = ask_again(known, here, sessions, plan, travel, NOW)
    return answer.reason if isinstance(answer, Refuse) else None


def test_the_beeline_is_that_of_the_map() -> None:
    # a quarter of a meridian, and a degree of the equator, as WGS 84 has them
    assert metres_between(Position(0, 22), Position(90, 22)) == pytest.approx(10_001_966, rel=0.006)
    assert metres_between(Position(0, 22), Position(0, 23)) == pytest.approx(111_319, rel=0.006)
    assert metres_between(OFFICE.position, OFFICE.position) == 0
    assert metres_between(OFFICE.position, LUBLIN.position) == metres_between(LUBLIN.position, OFFICE.position)
    assert metres_between(OFFICE.position, None) is None


def test_who_was_nowhere_else_passes_without_a_word() -> None:
    assert ask_again(remembered(), OFFICE, [online(OFFICE)], PLAN, USUAL, NOW) == ()


def test_who_is_online_far_away_is_asked_here() -> None:
    assert reason(remembered(), LUBLIN, online(OFFICE)) is Reason.ASKED_AGAIN_MOVED


@pytest.mark.parametrize(
    ("ago", "asked"),
    [(0.0, True), (3.0, True), (8.0, True), (9.5, False), (60.0, False), (60.0 * 24, False)],
)
def test_who_left_far_away_is_asked_until_they_can_be_here(ago: float, asked: bool) -> None:
    # 20.3 km less the first, at 130 km/h: 8 min 54 s
    assert (reason(remembered(), LUBLIN, left(OFFICE, minutes(ago))) is not None) == asked


def test_who_goes_about_in_one_town_is_never_asked() -> None:
    assert reason(remembered(), SQUARE, online(OFFICE), left(OFFICE, minutes(0))) is None


def test_who_was_asked_far_away_a_moment_ago_is_asked_here_before_any_session_is_told_of() -> None:
    known = remembered(asked=minutes(2), place=LUBLIN)
    assert reason(known, OFFICE) is Reason.ASKED_AGAIN_MOVED


def test_who_was_asked_here_is_believed_although_the_other_one_goes_on() -> None:
    elsewhere = online(LUBLIN)
    assert reason(remembered(asked=minutes(5)), OFFICE, elsewhere) is None
    # and next door, too: they went across the square
    assert reason(remembered(asked=minutes(5), place=SQUARE), OFFICE, elsewhere) is None


def test_who_was_asked_here_and_then_came_online_elsewhere_is_asked() -> None:
    assert reason(remembered(asked=minutes(40)), OFFICE, online(LUBLIN)) is not None


def test_where_nobody_measured_only_being_in_two_places_counts() -> None:
    assert reason(remembered(place=None), NOWHERE, online(OFFICE)) is Reason.ASKED_AGAIN_MOVED
    assert reason(remembered(place=None), OFFICE, online(NOWHERE)) is Reason.ASKED_AGAIN_MOVED
    assert reason(remembered(place=None), OFFICE, left(NOWHERE, minutes(0))) is None


def test_how_fast_and_how_near_are_data() -> None:
    assert reason(remembered(), LUBLIN, left(OFFICE, minutes(8)), travel=Travel(kmh=200)) is None
    assert reason(remembered(), SQUARE, online(OFFICE), travel=Travel(near_m=50)) is not None
    assert reason(remembered(), LUBLIN, online(OFFICE), travel=Travel(near_m=100_000_000)) is None


def test_the_way_is_written_down_with_what_was_possible() -> None:
    refused = ask_again(remembered(), LUBLIN, [left(SQUARE, minutes(60)), online(OFFICE)], PLAN, USUAL, NOW)
    assert isinstance(refused, Refuse)
    (check,) = refused.checks
    assert (check.rule, check.limit, check.left) == ("way", 1000, 0)
    assert check.used == metres_between(OFFICE.position, LUBLIN.position)
    passed = ask_again(remembered(), SQUARE, [online(OFFICE)], PLAN, USUAL, NOW)
    assert passed == (Check("way", 100, 1000, 900),)


def test_a_random_address_is_believed_for_a_fortnight_where_the_plan_says_nothing() -> None:
    fortnight = timedelta(seconds=RANDOM_ADDRESS_SECONDS)
    assert reason(remembered(PHONE, fortnight - minutes(1)), OFFICE) is None
    assert reason(remembered(PHONE, fortnight), OFFICE) is Reason.ASKED_AGAIN_RANDOM
    assert reason(remembered(MADE_IN_A_FACTORY, 2 * fortnight), OFFICE) is None


def test_a_plan_says_how_long_a_random_address_is_believed_and_it_is_written_down() -> None:
    plan = Plan("strict", "Strict", remember_random_seconds=3600)
    assert ask_again(remembered(PHONE, minutes(59)), OFFICE, [], plan, USUAL, NOW) == (
        Check("random_address", 3540, 3600, 60),
    )
    refused = ask_again(remembered(PHONE, minutes(60)), OFFICE, [], plan, USUAL, NOW)
    assert refused == Refuse(Reason.ASKED_AGAIN_RANDOM, None, (Check("random_address", 3600, 3600, 0),))


places = st.builds(
    Place,
    st.sampled_from(("a", "b", "c", "d")),
    st.none() | st.builds(Position, st.floats(49.0, 54.8), st.floats(14.1, 24.1)),
)
spans = st.timedeltas(timedelta(0), timedelta(days=60))
devices = st.sampled_from((PHONE, MADE_IN_A_FACTORY))


@st.composite
def sessions(draw: st.DrawFn) -> Seen:
    heard, before = draw(spans), draw(spans)
    return Seen(draw(places), NOW - heard - before, NOW - heard, draw(st.booleans()))


@given(devices, spans, places, places, st.lists(sessions(), max_size=6))
def test_one_tap_is_enough_whatever_was_before(
    device: str, age: timedelta, asked_in: Place, here: Place, before: list[Seen]
) -> None:
    answer = ask_again(Remembered(device, NOW - age, asked_in), here, before, PLAN, USUAL, NOW)
    if isinstance(answer, Refuse):
        assert answer.checks[-1].left == 0
    # when they are asked here and now
    again = ask_again(Remembered(device, NOW, here), here, before, PLAN, USUAL, NOW)
    # then they are believed
    assert isinstance(again, tuple)


@given(devices, spans, places, st.lists(sessions(), max_size=6))
def test_who_stays_in_one_hotspot_is_never_told_that_they_moved(
    device: str, age: timedelta, here: Place, before: list[Seen]
) -> None:
    known = Remembered(device, NOW - age, here)
    stayed = [Seen(here, seen.since, seen.heard_at, seen.online) for seen in before]
    answer = ask_again(known, here, stayed, PLAN, USUAL, NOW)
    assert isinstance(answer, tuple) or answer.reason is Reason.ASKED_AGAIN_RANDOM


@given(spans, places, places, st.lists(sessions(), max_size=4), st.timedeltas(timedelta(0), timedelta(hours=24)))
def test_who_may_pass_may_pass_later_too(
    age: timedelta, asked_in: Place, here: Place, before: list[Seen], later: timedelta
) -> None:
    """Time is never against somebody whom nothing new is heard of, but for the age of a random address."""
    ended = [Seen(seen.place, seen.since, seen.heard_at) for seen in before]
    known = Remembered(MADE_IN_A_FACTORY, NOW - age, asked_in)
    if isinstance(ask_again(known, here, ended, PLAN, USUAL, NOW), tuple):
        assert isinstance(ask_again(known, here, ended, PLAN, USUAL, NOW + later), tuple)
