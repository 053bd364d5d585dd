"""The decision, one row for each sentence of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hotspots.plans import Plan
from hotspots.policy import (
    Accept,
    OpenSession,
    Person,
    Reason,
    Refuse,
    Subject,
    SubjectKind,
    Usage,
    decide,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHONE = "02:11:22:33:44:55"
OTHER = "02:11:22:33:44:66"
RESIDENT = Person(Subject(SubjectKind.DEVICE, PHONE))

OD_2018 = Plan(
    "od-2018", "", rate_down_bps=10_000_000, rate_up_bps=5_000_000, session_seconds=4 * 3600, idle_seconds=1200
)
UKE_2013 = Plan(
    "uke-2013",
    "",
    rate_down_bps=512_000,
    rate_up_bps=512_000,
    session_seconds=45 * 60,
    pause_seconds=15 * 60,
    monthly_octets=750_000_000,
)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_the_plan_gives_its_limits_to_somebody_new() -> None:
    decision = decide(RESIDENT, PHONE, OD_2018, Usage(), [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.session_seconds == 14_400
    assert decision.limits.idle_seconds == 1200
    assert (decision.limits.rate_down_bps, decision.limits.rate_up_bps) == (10_000_000, 5_000_000)
    assert decision.limits.total_octets is None


def test_a_plan_without_pause_lets_a_device_in_again_for_the_whole_time() -> None:
    usage = Usage(last_ended_at=ago(1), spell_started_at=ago(241))
    decision = decide(RESIDENT, PHONE, OD_2018, usage, [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.session_seconds == 14_400


def test_after_the_session_time_a_device_waits_until_the_pause_is_over() -> None:
    usage = Usage(last_ended_at=ago(5), spell_started_at=ago(50))
    decision = decide(RESIDENT, PHONE, UKE_2013, usage, [], NOW)
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.PAUSE_NOT_OVER
    assert decision.retry_at == NOW + timedelta(minutes=10)


def test_when_the_pause_is_over_the_session_time_is_whole_again() -> None:
    usage = Usage(last_ended_at=ago(15), spell_started_at=ago(60))
    decision = decide(RESIDENT, PHONE, UKE_2013, usage, [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.session_seconds == 45 * 60


def test_who_leaves_early_and_comes_back_gets_the_rest_of_the_session_time() -> None:
    usage = Usage(last_ended_at=ago(2), spell_started_at=ago(12))
    decision = decide(RESIDENT, PHONE, UKE_2013, usage, [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.session_seconds == 33 * 60


def test_the_rest_of_the_month_is_what_a_session_gets() -> None:
    decision = decide(RESIDENT, PHONE, UKE_2013, Usage(month_octets=749_000_000), [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.total_octets == 1_000_000


def test_a_month_that_is_spent_refuses_until_the_first_of_the_next_in_warsaw() -> None:
    decision = decide(RESIDENT, PHONE, UKE_2013, Usage(month_octets=750_000_000), [], NOW)
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.MONTHLY_OCTETS_SPENT
    assert decision.retry_at == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def test_the_daily_time_ends_at_midnight_in_warsaw_on_the_day_the_clocks_go_back() -> None:
    plan = replace(OD_2018, daily_seconds=3600)
    noon = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)
    decision = decide(RESIDENT, PHONE, plan, Usage(day_seconds=3600), [], noon)
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.DAILY_TIME_SPENT
    assert decision.retry_at == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


def test_the_daily_time_ends_at_midnight_in_warsaw_on_the_day_the_clocks_go_forward() -> None:
    plan = replace(OD_2018, daily_seconds=3600)
    noon = datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
    decision = decide(RESIDENT, PHONE, plan, Usage(day_seconds=3600), [], noon)
    assert isinstance(decision, Refuse)
    assert decision.retry_at == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_a_session_of_the_same_device_never_keeps_it_out() -> None:
    plan = replace(OD_2018, devices_at_once=1)
    ghost = OpenSession(PHONE, seconds_reserved=14_400)
    assert isinstance(decide(RESIDENT, PHONE, plan, Usage(), [ghost], NOW), Accept)


def test_one_device_more_than_the_plan_allows_is_refused() -> None:
    plan = replace(OD_2018, devices_at_once=1)
    decision = decide(RESIDENT, PHONE, plan, Usage(), [OpenSession(OTHER)], NOW)
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.TOO_MANY_DEVICES


def test_what_another_device_was_granted_is_set_aside_for_it() -> None:
    usage = Usage(month_octets=250_000_000)
    other = OpenSession(OTHER, octets_reserved=400_000_000)
    decision = decide(RESIDENT, PHONE, UKE_2013, usage, [other], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.total_octets == 100_000_000


def test_who_finds_everything_set_aside_is_told_so_and_not_that_it_is_used() -> None:
    usage = Usage(month_octets=250_000_000)
    other = OpenSession(OTHER, octets_reserved=500_000_000)
    decision = decide(RESIDENT, PHONE, UKE_2013, usage, [other], NOW)
    assert isinstance(decision, Refuse)
    assert (decision.reason, decision.retry_at) == (Reason.HELD_BY_ANOTHER_DEVICE, None)
    assert (decision.checks[-1].rule, decision.checks[-1].left) == ("monthly_octets", 0)


def test_a_credential_that_is_no_longer_good_refuses_first() -> None:
    person = replace(RESIDENT, refusal=Reason.VOUCHER_REVOKED)
    decision = decide(person, PHONE, OD_2018, Usage(), [], NOW)
    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.VOUCHER_REVOKED


def test_the_end_of_a_voucher_ends_the_session() -> None:
    person = replace(RESIDENT, valid_until=NOW + timedelta(minutes=10), octets_left=5)
    decision = decide(person, PHONE, OD_2018, Usage(), [], NOW)
    assert isinstance(decision, Accept)
    assert decision.limits.session_seconds == 600
    assert decision.limits.total_octets == 5


def test_every_rule_that_was_asked_is_explained_with_what_was_left() -> None:
    decision = decide(RESIDENT, PHONE, UKE_2013, Usage(month_octets=100), [], NOW)
    explained = {check.rule: (check.used, check.limit, check.left) for check in decision.checks}
    assert explained["monthly_octets"] == (100, 750_000_000, 749_999_900)
    assert explained["session_time"] == (None, 2700, 2700)


octets = st.integers(min_value=0, max_value=10**12)


@given(total=st.integers(min_value=1, max_value=10**12), used=octets, others=st.lists(octets, max_size=4))
def test_two_devices_are_never_both_given_the_whole_remainder(total: int, used: int, others: list[int]) -> None:
    plan = replace(OD_2018, monthly_octets=total)
    sessions = [OpenSession(f"{OTHER[:-2]}{index:02x}", 0, left) for index, left in enumerate(others)]
    decision = decide(RESIDENT, PHONE, plan, Usage(month_octets=used), sessions, NOW)
    if isinstance(decision, Accept):
        assert decision.limits.total_octets is not None
        assert used + sum(others) + decision.limits.total_octets <= total
    else:
        assert used + sum(others) >= total
