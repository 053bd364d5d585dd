"""Gateways that sign nothing and take logins by a form: Aruba and Cisco."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.gateways import aruba, cisco
from captive_portal.gateways.dialects import READERS
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from tests.captive_portal.gateways.recorded import Recorded, recorded

NAME = "strzyzewice-urzad-1"
VISIT = GatewayVisit(Result.NOT_YET, NAME, "02:11:22:33:44:55", "https://192.0.2.1/", "")
BACK = "https://portal.example.pl/status?visit=x"


@pytest.mark.parametrize(
    ("make", "redirect"),
    [(make, each) for make in ("aruba", "cisco") for each in recorded(make)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_recorded_redirect_becomes_its_visit(make: str, redirect: Recorded) -> None:
    visit = READERS[make](redirect.given, Expected(NAME))
    assert redirect.matches(visit), visit


def test_the_way_into_aruba() -> None:
    way = aruba.hand_over(VISIT, "t1abc", "Zet0ne-tOken", b"", BACK)
    assert way.url == "https://192.0.2.1/cgi-bin/login"
    wanted = {"cmd": "authenticate", "user": "t1abc", "password": "Zet0ne-tOken", "url": BACK}
    assert dict(way.fields or ()) == wanted
    assert "Zet0ne" not in repr(way)
    assert aruba.log_out_url(VISIT) == "https://192.0.2.1/cgi-bin/login?cmd=logout"


def test_the_way_into_cisco() -> None:
    way = cisco.hand_over(VISIT, "t1abc", "Zet0ne-tOken", b"", BACK)
    assert way.url == "https://192.0.2.1/login.html"
    assert dict(way.fields or ()) == {
        "buttonClicked": "4",
        "err_flag": "0",
        "username": "t1abc",
        "password": "Zet0ne-tOken",
        "redirect_url": BACK,
    }
    assert "Zet0ne" not in repr(way)
    assert cisco.log_out_url(VISIT) is None


@given(st.dictionaries(st.sampled_from(["mac", "cmd", "switchip", "switch_url", "client_mac", "url"]), st.text()))
def test_no_query_breaks_the_readers(query: dict[str, str]) -> None:
    assert aruba.read(query, NAME) is None
    assert cisco.read(query, NAME) is None
