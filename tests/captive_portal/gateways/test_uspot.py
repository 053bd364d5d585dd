from __future__ import annotations

from dataclasses import replace

import pytest

from captive_portal.gateways import coovachilli, uspot
from captive_portal.gateways.visit import GatewayVisit, Result
from tests.captive_portal.gateways.recorded import Recorded, recorded, signed

BASE = "https://portal.example.pl"
SECRET = b"uam secret"
VISIT = GatewayVisit(Result.NOT_YET, "garbow-rynek-1", "02:11:22:33:44:55", "http://10.0.0.1:3990/", "5d41")


@pytest.mark.parametrize("redirect", [*recorded("coovachilli"), *recorded("uspot")], ids=lambda each: each.name)
def test_a_recorded_redirect_becomes_its_visit(redirect: Recorded) -> None:
    query = signed(redirect.given["query"], f"{BASE}/uam", SECRET.decode())
    visit = coovachilli.read(query) if coovachilli.is_signed(BASE, "/uam", query, SECRET) else None
    assert redirect.matches(visit), visit


@pytest.mark.parametrize(
    ("base", "again"),
    [
        ("http://10.0.0.1:3990/", "http://10.0.0.1/hotspot/"),
        ("https://10.0.0.1:3991/", "http://10.0.0.1/hotspot/"),
        ("http://[fd00::1]:3990/", "http://[fd00::1]/hotspot/"),
    ],
)
def test_a_new_login_page_comes_from_port_80(base: str, again: str) -> None:
    assert uspot.again_url(replace(VISIT, login_base=base)) == again


def test_the_other_doors_are_those_of_coovachilli() -> None:
    assert uspot.log_out_url(VISIT) == "http://10.0.0.1:3990/logoff"
    assert uspot.hand_over(VISIT, "t1", "password", SECRET, "").url.startswith("http://10.0.0.1:3990/logon?")
