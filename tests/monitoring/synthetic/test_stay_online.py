"""What becomes of a stay under a grant."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.synthetic.granted import Granted
from monitoring.synthetic.packets import Figures
from monitoring.synthetic.resident import Leaving, Stay
from monitoring.synthetic.stay_online import course


def a_stay(seconds: int = 3600, leaving: Leaving = Leaving.LOGS_OUT, up: int = 8000, down: int = 80_000) -> Stay:
    return Stay(0, 0.0, seconds, up, down, leaving)


@pytest.mark.parametrize(
    ("leaving", "granted", "seconds", "cause"),
    [
        (Leaving.LOGS_OUT, Granted(), 3600, "User-Request"),
        (Leaving.WALKS_AWAY, Granted(), 3600, "Lost-Carrier"),
        (Leaving.STAYS_ON, Granted(), 3600, "Lost-Carrier"),
        (Leaving.STAYS_ON, Granted(session_seconds=1800), 1800, "Session-Timeout"),
        (Leaving.LOGS_OUT, Granted(session_seconds=7200), 3600, "User-Request"),
        (Leaving.FALLS_ASLEEP, Granted(idle_seconds=1200), 4800, "Idle-Timeout"),
        (Leaving.FALLS_ASLEEP, Granted(), 3600, "Lost-Carrier"),
        (Leaving.FALLS_ASLEEP, Granted(idle_seconds=1200, session_seconds=4000), 4000, "Session-Timeout"),
        # 11,000 octets a second: the quota is reached within second 10.
        (Leaving.LOGS_OUT, Granted(total_octets=100_001), 10, "Session-Timeout"),
        (Leaving.LOGS_OUT, Granted(total_octets=10**12), 3600, "User-Request"),
    ],
)
def test_the_first_limit_ends_it(leaving: Leaving, granted: Granted, seconds: int, cause: str) -> None:
    result = course(a_stay(leaving=leaving), granted)

    assert (result.ends_after_seconds, result.cause) == (seconds, cause)


def test_rates_are_those_of_the_grant_where_more_is_wanted() -> None:
    result = course(a_stay(up=8_000, down=100_000_000), Granted(rate_up_bps=5_000_000, rate_down_bps=10_000_000))

    assert result.figures(10) == Figures(10, 10_000, 12_500_000)


def test_nothing_flows_while_the_resident_sleeps() -> None:
    result = course(a_stay(seconds=100, leaving=Leaving.FALLS_ASLEEP), Granted(idle_seconds=1200))

    assert result.figures(100).octets_down == result.figures(1300).octets_down == 1_000_000
    assert result.figures(99_999) == Figures(1300, 100_000, 1_000_000)


@given(
    moments=st.lists(st.floats(0, 1e6), min_size=2).map(sorted),
    total=st.none() | st.integers(1, 10**12),
    limit=st.none() | st.integers(1, 10**5),
)
def test_counters_never_go_backwards_and_keep_to_the_quota(
    moments: list[float], total: int | None, limit: int | None
) -> None:
    result = course(a_stay(down=10**8), Granted(total_octets=total, session_seconds=limit))
    counted = [result.figures(moment) for moment in moments]

    for before, after in pairwise(counted):
        assert before.seconds <= after.seconds
        assert before.octets_up <= after.octets_up
        assert before.octets_down <= after.octets_down
    last = counted[-1]
    assert limit is None or last.seconds <= limit
    # A gateway looks once a second.
    assert total is None or last.octets_up + last.octets_down < total + (10**8 + 8000) // 8 + 2
