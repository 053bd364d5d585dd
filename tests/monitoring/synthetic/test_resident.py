"""Residents' plans."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hotspots import mac
from monitoring.synthetic.resident import Leaving, plan

HORIZON = 5 * 3600.0


def test_the_same_seed_plays_the_same_residents() -> None:
    assert plan(random.Random(7), 50, [True, False], HORIZON) == plan(random.Random(7), 50, [True, False], HORIZON)
    assert plan(random.Random(7), 50, [True], HORIZON) != plan(random.Random(8), 50, [True], HORIZON)


@given(seed=st.integers(), has_portal=st.lists(st.booleans(), min_size=1, max_size=5), horizon=st.floats(3, 1e6))
def test_stays_follow_each_other_within_the_time(seed: int, has_portal: list[bool], horizon: float) -> None:
    for resident in plan(random.Random(seed), 20, has_portal, horizon):
        assert mac.is_randomised(resident.mac)
        assert mac.normalise(resident.mac) == resident.mac
        assert resident.stays
        ended = 0.0
        for stay in resident.stays:
            assert ended <= stay.begins_at < horizon
            ended = stay.begins_at + stay.seconds
            assert stay.seconds >= 1
            assert ended <= horizon + 1
            assert 0 < stay.wanted_up_bps <= stay.wanted_down_bps


def test_all_places_are_visited_all_leavings_happen_and_many_come_back() -> None:
    residents = plan(random.Random(1), 200, [True] * 22, HORIZON)
    stays = [stay for resident in residents for stay in resident.stays]

    assert {stay.place for stay in stays} == set(range(22))
    assert {stay.leaving for stay in stays} == set(Leaving)
    assert len(residents) * 1.2 < len(stays)
    assert len({resident.mac for resident in residents}) == 200


def test_whoever_comes_to_a_place_without_portal_was_at_one_with_it_before() -> None:
    residents = plan(random.Random(1), 100, [True, False], HORIZON, vouchers=["A", "B"])

    assert [resident.voucher for resident in residents[:3]] == ["A", "B", None]
    for resident in residents:
        assert resident.stays[0].place == 0 or resident.voucher == "B"


def test_whoever_comes_back_or_goes_on_stays_near_where_there_is_somewhere_to_go() -> None:
    # given two towns, and a place on its own that does not lead to the portal
    near = [[0, 1], [0, 1], [2, 3], [2, 3], [4]]
    residents = plan(random.Random(1), 200, [True, False, False, True, False], HORIZON, near=near)
    for resident in residents:
        places = {stay.place for stay in resident.stays}
        assert places <= {0, 1} or places <= {2, 3} or (4 in places and resident.stays[0].place in (0, 3))


def test_where_no_place_has_the_portal_they_come_all_the_same() -> None:
    assert all(resident.stays[0].place == 0 for resident in plan(random.Random(1), 10, [False], HORIZON))
