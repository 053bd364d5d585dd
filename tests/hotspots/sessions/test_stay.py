"""What stays add up to in the windows of Warsaw time, also on the days when its clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hotspots.plans import Plan
from hotspots.policy import Accept, Person, Reason, Refuse, Subject, SubjectKind, decide
from hotspots.sessions.stay import Stay, is_stale, open_sessions, usage
from hotspots.sessions.usage_window import (
    WARSAW,
    end_of_warsaw_day,
    end_of_warsaw_month,
    start_of_warsaw_day,
    start_of_warsaw_month,
    warsaw_moment,
)

PHONE = "02:11:22:33:44:55"
PERSON = Person(Subject(SubjectKind.VOUCHER, "1"))


def at(text: str) -> datetime:
    found = warsaw_moment(text)
    assert found is not None
    return found


def stay(began: str, seconds: int, octets: int = 0, **more: object) -> Stay:
    started_at = at(began)
    heard_at = started_at + timedelta(seconds=seconds)
    given: dict[str, object] = {"ended": True, "key": began, "device": PHONE} | more
    return Stay(started_at=started_at, heard_at=heard_at, seconds=seconds, octets=octets, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["", "yesterday", "2026-02-31 10:00", "0001-01-01 00:00", "9999-12-31 23:59"])
def test_what_is_no_moment_of_our_time_is_none(typed: str) -> None:
    assert warsaw_moment(typed) is None


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-24", 24), ("2026-10-25", 25)],
)
def test_a_day_has_its_hours(day: str, hours: int) -> None:
    for clock in ("00:00", "01:59", "03:30", "12:00", "23:59"):
        now = at(f"{day} {clock}")
        assert start_of_warsaw_day(now) == at(f"{day} 00:00")
        assert end_of_warsaw_day(now) - start_of_warsaw_day(now) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("month", "hours"), [("2026-03", 31 * 24 - 1), ("2026-10", 31 * 24 + 1), ("2026-02", 28 * 24)]
)
def test_a_month_has_its_hours(month: str, hours: int) -> None:
    for moment in ("01 00:00", "15 12:00", "28 23:59"):
        now = at(f"{month}-{moment}")
        assert start_of_warsaw_month(now) == at(f"{month}-01 00:00")
        assert end_of_warsaw_month(now) - start_of_warsaw_month(now) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("began", "seconds", "now", "counted"),
    [
        ("2026-03-28 23:00", 4 * 3600, "2026-03-29 05:00", 3 * 3600),  # at 2 it became 3
        ("2026-10-24 23:00", 6 * 3600, "2026-10-25 05:00", 5 * 3600),  # at 3 it became 2
        ("2026-11-20 22:00", 2 * 3600, "2026-11-21 00:00", 0),
        ("2026-11-20 22:00", 2 * 3600 + 1, "2026-11-21 00:01", 1),
    ],
)
def test_only_what_fell_into_the_day_counts(began: str, seconds: int, now: str, counted: int) -> None:
    """Octets in proportion to the time, rounded up, so that a session over midnight hides nothing."""
    used = usage([stay(began, seconds, octets=seconds * 10)], Plan("x", "x"), at(now))
    assert (used.day_seconds, used.day_octets) == (counted, counted * 10)
    assert used.month_seconds == seconds


@pytest.mark.parametrize("now", ["2026-03-29 03:30", "2026-10-25 02:30"])
def test_a_budget_of_the_day_renews_at_the_next_midnight_when_the_clocks_change(now: str) -> None:
    plan = Plan("x", "x", daily_seconds=3600)
    used = usage([stay(now[:10] + " 00:10", 3600)], plan, at(now))
    refused = decide(PERSON, PHONE, plan, used, [], at(now))
    assert isinstance(refused, Refuse)
    assert refused.reason is Reason.DAILY_TIME_SPENT
    assert refused.retry_at is not None
    assert refused.retry_at.astimezone(WARSAW).strftime("%d %H:%M") == f"{int(now[8:10]) + 1:02} 00:00"
    again = usage([stay(now[:10] + " 00:10", 3600)], plan, refused.retry_at)
    assert isinstance(decide(PERSON, PHONE, plan, again, [], refused.retry_at), Accept)


def test_a_pause_over_the_change_of_the_clocks_is_as_long_as_any() -> None:
    plan = Plan("x", "x", session_seconds=3600, pause_seconds=1800)
    night = stay("2026-10-25 01:50", 3600)  # ends at 2:50 of summer time; twenty minutes later it is 2:10 again
    ended = night.last_moment
    for after, accepted in ((1799, False), (1800, True)):
        now = ended + timedelta(seconds=after)
        decision = decide(PERSON, PHONE, plan, usage([night], plan, now), [], now)
        assert isinstance(decision, Accept) is accepted


def test_a_session_that_went_silent_keeps_nobody_out_and_sets_nothing_aside() -> None:
    plan = Plan("x", "x", devices_at_once=1, daily_octets=1000, interim_seconds=300)
    lost = stay("2026-11-21 12:00", 600, 400, ended=False, device="another", limit_octets=1000)
    for minutes, sessions in ((15, 1), (15.02, 0)):
        now = lost.heard_at + timedelta(minutes=minutes)
        found = open_sessions([lost], plan, now)
        assert len(found) == sessions
        assert is_stale(lost, plan.interim_seconds, now) is (sessions == 0)
        decision = decide(PERSON, PHONE, plan, usage([lost], plan, now), found, now)
        assert isinstance(decision, Accept) is (sessions == 0)
    assert isinstance(decision, Accept)
    assert decision.limits.total_octets == 600, "what it used counts, what it was granted beside that is free again"
