"""UniFi: its redirect, and what its controller is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.controllers.unifi import action
from captive_portal.gateways import unifi
from hotspots.policy import Limits
from tests.captive_portal.fake_unifi import RANGES
from tests.captive_portal.gateways.recorded import Recorded, recorded

NAME = "78:8a:20:59:c6:99"


@pytest.mark.parametrize("redirect", recorded("unifi"), ids=lambda each: each.name)
def test_a_recorded_redirect_becomes_its_visit(redirect: Recorded) -> None:
    visit = unifi.read(redirect.given, NAME, redirect.given["site"], None)
    assert redirect.matches(visit), visit


def test_the_access_point_is_named_by_its_address() -> None:
    assert unifi.access_point({"ap": "78-8A-20-59-C6-99"}) == (NAME, "788a2059c699")
    assert unifi.access_point({"ap": "nobody"}) == ()


def test_limits_in_the_controllers_units() -> None:
    limits = Limits(session_seconds=3601, rate_up_bps=512_999, rate_down_bps=2_000_000, total_octets=5_000_000)
    assert action(limits) == {
        "action": "AUTHORIZE_GUEST_ACCESS",
        "timeLimitMinutes": 61,
        "dataUsageLimitMBytes": 4,
        "rxRateLimitKbps": 2000,
        "txRateLimitKbps": 512,
    }
    assert action(Limits()) == {"action": "AUTHORIZE_GUEST_ACCESS", "timeLimitMinutes": 1_000_000}


_FIGURES = st.none() | st.integers(1, 1 << 52)


@given(_FIGURES, _FIGURES, _FIGURES, _FIGURES)
def test_no_limit_is_beyond_what_it_takes(
    seconds: int | None, up: int | None, down: int | None, all_: int | None
) -> None:
    told = action(Limits(session_seconds=seconds, rate_up_bps=up, rate_down_bps=down, total_octets=all_))
    for name, (least, most) in RANGES.items():
        assert name not in told or least <= int(str(told[name])) <= most
