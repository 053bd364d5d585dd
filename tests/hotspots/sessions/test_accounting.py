"""Reports of a session, in whatever order and however often they arrive, make the same state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hotspots.sessions.accounting import (
    MOST_OCTETS,
    MOST_SECONDS,
    STALE,
    Growth,
    Report,
    SessionState,
    Status,
    begins_anew,
    merge,
)

T0 = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def report(status: Status, seconds: int, up: int = 0, down: int = 0, late: int = 0) -> Report:
    return Report(
        status,
        1,
        T0 + timedelta(seconds=seconds + late),
        acct_session_id="5",
        user_name="somebody",
        device="02:11:22:33:44:55",
        session_seconds=seconds,
        octets_up=up,
        octets_down=down,
        terminate_cause="User-Request" if status is Status.STOP else None,
    )


START = report(Status.START, 0)
INTERIM = report(Status.INTERIM, 300, 100, 1000)
STOP = report(Status.STOP, 450, 150, 1700)


def play(*reports: Report) -> tuple[SessionState, Growth]:
    state: SessionState | None = None
    total = [0, 0, 0, 0]
    for each in reports:
        state, growth = merge(state, each)
        grown = (growth.sessions_started, growth.session_seconds, growth.octets_up, growth.octets_down)
        total = [sum(pair) for pair in zip(total, grown, strict=True)]
    assert state is not None
    return state, Growth(*total)


def test_a_session_from_start_to_stop() -> None:
    state, growth = play(START, INTERIM, STOP)
    assert (state.started_at, state.stopped_at) == (T0, T0 + timedelta(seconds=450))
    assert (state.session_seconds, state.octets_up, state.octets_down) == (450, 150, 1700)
    assert state.terminate_cause == "User-Request"
    assert growth == Growth(1, 450, 150, 1700)


@given(st.lists(st.sampled_from([START, INTERIM, STOP]), max_size=8), st.permutations([START, INTERIM, STOP]))
def test_order_and_repetition_change_nothing(more: list[Report], order: list[Report]) -> None:
    state, growth = play(*order, *more)
    expected, expected_growth = play(START, INTERIM, STOP)
    assert state == expected
    assert growth == expected_growth


def test_a_stop_without_start_begins_as_long_ago_as_it_says() -> None:
    state, growth = play(STOP)
    assert state.started_at == T0
    assert growth == Growth(1, 450, 150, 1700)


def test_a_second_of_rounding_is_no_earlier_beginning() -> None:
    rounded, _ = play(report(Status.INTERIM, 298, late=2), START)
    assert rounded.started_at == T0 + timedelta(seconds=2)
    known, _ = play(report(Status.INTERIM, 280, late=20), START)
    assert known.started_at == T0, "the Start knows better"


def test_a_clock_that_is_set_while_a_session_runs_moves_no_beginning() -> None:
    state, _ = play(START, report(Status.INTERIM, 1_700_000_000, late=-1_699_999_700))
    assert state.started_at == T0


def test_nobody_pays_for_a_clock_that_is_set_while_a_session_runs() -> None:
    state, growth = play(START, replace(INTERIM, session_seconds=1_700_000_000))
    assert state.seconds_charged == state.stay().seconds == 300 + 300, "what has passed, and five minutes"
    assert state.stay().last_moment == T0 + timedelta(seconds=600)
    assert not replace(state, limit_seconds=3600).limit_reached
    assert state.session_seconds == growth.session_seconds == MOST_SECONDS
    hour, _ = play(START, replace(INTERIM, session_seconds=3600))
    assert (hour.session_seconds, hour.seconds_charged) == (3600, 600), "the table keeps what was told"


def test_a_first_report_of_such_a_clock_says_nothing_of_the_beginning() -> None:
    state, _ = play(replace(INTERIM, session_seconds=1_700_000_000))
    assert state.started_at == INTERIM.at
    assert state.seconds_charged == 300


@given(st.permutations([START, INTERIM, STOP]), st.integers(0, 3))
def test_a_session_by_a_clock_that_is_right_is_charged_whole(order: list[Report], lost: int) -> None:
    state, _ = play(*order[: 3 - min(lost, 2)])
    assert state.seconds_charged == state.session_seconds


def test_counters_that_go_backwards_take_nothing_away() -> None:
    state, growth = play(INTERIM, report(Status.INTERIM, 400, 20, 30))
    assert (state.octets_up, state.octets_down, state.session_seconds) == (100, 1000, 400)
    assert growth == Growth(1, 400, 100, 1000)


def test_a_petabyte_is_not_believed() -> None:
    state, _ = play(report(Status.STOP, 5, up=2**64 - 1))
    assert state.octets_up == MOST_OCTETS


def test_a_session_taken_for_lost_goes_on_when_it_is_heard_again() -> None:
    state, _ = play(START, INTERIM)
    given_up = replace(state, stopped_at=state.updated_at, terminate_cause=STALE)
    again, growth = merge(given_up, report(Status.INTERIM, 4000, 200, 2000))
    assert again.stopped_at is None
    assert again.terminate_cause is None
    assert growth == Growth(0, 3700, 100, 1000)


def test_a_start_under_the_name_of_a_session_that_ended_begins_a_new_one() -> None:
    state, _ = play(START, STOP)
    assert begins_anew(state, report(Status.START, 0, late=3600))
    assert not begins_anew(state, START), "a Start that comes late is the old one's"


def test_a_limit_is_reached_by_octets_of_both_ways_together() -> None:
    state, _ = play(INTERIM)
    limited = [replace(state, limit_octets=limit) for limit in (1101, 1100)]
    assert [each.limit_reached for each in limited] == [False, True]
