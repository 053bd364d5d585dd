"""A token bucket lets through what it promises, however requests are spread."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from radius.bucket import Bucket


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_gets_through_then_so_much_a_second() -> None:
    clock = Clock()
    bucket = Bucket(10, 20, clock)
    assert sum(bucket.take() for _ in range(100)) == 20
    clock.now += 1
    assert sum(bucket.take() for _ in range(100)) == 10
    clock.now += 0.05
    assert not bucket.take(), "half a token is none"
    clock.now += 0.06
    assert bucket.take()


def test_what_was_not_used_for_long_is_one_burst() -> None:
    clock = Clock()
    bucket = Bucket(10, 20, clock)
    clock.now += 86_400
    assert sum(bucket.take() for _ in range(100)) == 40, "what was there at first, and one refill"


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(0, 60)), max_size=60))
def test_never_more_than_the_rate_and_two_bursts_and_never_less_than_the_rate(
    asked: list[tuple[float, int]],
) -> None:
    clock = Clock()
    bucket = Bucket(10, 20, clock)
    through = 0
    for pause, times in asked:
        clock.now += pause
        through += sum(bucket.take() for _ in range(times))
        assert through <= 40 + 10 * (clock.now - 1000)


def test_who_keeps_to_the_rate_is_never_held_back() -> None:
    clock = Clock()
    bucket = Bucket(10, 20, clock)
    for _ in range(1000):
        clock.now += 0.1001
        assert bucket.take()
