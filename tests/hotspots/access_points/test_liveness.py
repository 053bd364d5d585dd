from datetime import timedelta

import pytest

from hotspots.access_points.liveness import Liveness, judge, worst
from tests.hotspots.places import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("silence", "open_sessions", "expected"),
    [
        (None, 0, Liveness.NEVER),
        (0 * MINUTE, 0, Liveness.WORKS),
        (15 * MINUTE, 3, Liveness.WORKS),
        (16 * MINUTE, 3, Liveness.SILENT),
        (16 * MINUTE, 0, Liveness.QUIET),
        (24 * 60 * MINUTE, 0, Liveness.QUIET),
        (24 * 60 * MINUTE + MINUTE, 0, Liveness.SILENT),
    ],
)
def test_silence_is_judged_by_whether_anybody_is_there(
    silence: timedelta | None, open_sessions: int, expected: Liveness
) -> None:
    heard_at = None if silence is None else NOW - silence
    assert judge(heard_at, open_sessions, 300, NOW) is expected


def test_a_place_is_as_well_as_its_worst_access_point() -> None:
    assert worst([Liveness.WORKS, Liveness.SILENT, Liveness.NEVER]) is Liveness.SILENT
    assert worst([Liveness.QUIET, Liveness.WORKS]) is Liveness.QUIET
    assert worst([]) is Liveness.NEVER
