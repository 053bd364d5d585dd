from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotspots.password_tries import EVERY, TRIES_AT_ONCE, PasswordTries

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_few_tries_at_once_then_one_every_ten_seconds() -> None:
    tries = PasswordTries()
    assert [tries.take("anna", NOW) for _ in range(TRIES_AT_ONCE)] == [None] * TRIES_AT_ONCE
    retry_at = tries.take("anna", NOW)
    assert retry_at == NOW + EVERY
    assert tries.take("anna", NOW + EVERY / 2) == retry_at, "asking too early makes it no later"
    assert tries.take("anna", retry_at) is None
    assert tries.take("anna", retry_at) == retry_at + EVERY
    assert tries.take("jan", NOW) is None


def test_a_right_password_and_time_make_all_good() -> None:
    tries = PasswordTries()
    for _ in range(TRIES_AT_ONCE):
        tries.take("anna", NOW)
        tries.take("jan", NOW)
    tries.forgive("anna")
    tries.forgive("nobody")
    assert [tries.take("anna", NOW) for _ in range(TRIES_AT_ONCE)] == [None] * TRIES_AT_ONCE
    later = NOW + TRIES_AT_ONCE * EVERY
    assert [tries.take("jan", later) for _ in range(TRIES_AT_ONCE)] == [None] * TRIES_AT_ONCE


@given(st.lists(st.integers(-3600, 3600), min_size=1, max_size=60))
def test_whatever_the_clock_does_nobody_waits_longer_than_ten_seconds(steps: list[int]) -> None:
    tries, now = PasswordTries(), NOW
    for seconds in steps:
        now += timedelta(seconds=seconds)
        retry_at = tries.take("anna", now)
        assert retry_at is None or now < retry_at <= now + EVERY


def test_memory_is_bounded_and_those_that_are_made_good_go_first() -> None:
    tries = PasswordTries(most=3)
    for _ in range(TRIES_AT_ONCE):
        tries.take("anna", NOW)
    for stranger in range(50):
        tries.take(stranger, NOW + timedelta(seconds=stranger))
        assert len(tries) <= 3
    fresh = PasswordTries(most=3)
    fresh.take("old", NOW)
    for _ in range(TRIES_AT_ONCE):
        fresh.take("anna", NOW + EVERY)
    fresh.take("jan", NOW + EVERY)
    fresh.take("ewa", NOW + EVERY)
    assert fresh.take("anna", NOW + EVERY) is not None, "the old one was let go of"
