"""Gateways that sign nothing and take logins by a form."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.gateways import aruba, cisco
from captive_portal.gateways.dialects import DIALECTS, READERS
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from tests.captive_portal.gateways.recorded import Recorded, recorded

NAME = "strzyzewice-urzad-1"
MAKES = ("aruba", "cambium", "cisco", "fortinet", "meraki", "omada", "ruckus")
VISIT = GatewayVisit(Result.NOT_YET, NAME, "02:11:22:33:44:55", "https://192.0.2.1/", "")
BACK = "https://portal.example.pl/status?visit=x"


@pytest.mark.parametrize(
    ("make", "redirect"),
    [(make, each) for make in MAKES for each in recorded(make)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_recorded_redirect_becomes_its_visit(make: str, redirect: Recorded) -> None:
    visit = READERS[make](redirect.given, Expected(NAME, https=True))
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


def _first(make: str, *, https: bool = True) -> GatewayVisit:
    visit = READERS[make](recorded(make)[0].given, Expected(NAME, https=https))
    assert visit is not None
    return visit


def _way(make: str, visit: GatewayVisit) -> tuple[str, dict[str, str]]:
    way = DIALECTS[make].hand_over(visit, "t1abc", "Zet0ne-tOken", b"", BACK)
    assert "Zet0ne" not in repr(way)
    return way.url, dict(way.fields or ())


def test_the_way_into_cambium_carries_all_that_came() -> None:
    url, fields = _way("cambium", _first("cambium"))
    base, _, query = url.partition("?")
    assert base == "https://10.20.4.1:444/cgi-bin/hotspot_login.cgi"
    assert dict(parse_qsl(query))["ga_Qv"] == recorded("cambium")[0].given["ga_Qv"]
    assert fields == {"ga_user": "t1abc", "ga_pass": "Zet0ne-tOken"}
    assert _first("cambium", https=False).login_base == "http://10.20.4.1:880/"


def test_the_way_into_ruckus_and_out() -> None:
    visit = _first("ruckus")
    wanted = {"ip": "10.20.4.17", "username": "t1abc", "password": "Zet0ne-tOken"}
    assert _way("ruckus", visit) == ("https://10.20.4.1:9998/login", wanted)
    assert DIALECTS["ruckus"].log_out_url(visit) == "https://10.20.4.1:9998/logout"
    assert _first("ruckus", https=False).login_base == "http://10.20.4.1:9997/"


def test_the_way_into_fortinet() -> None:
    wanted = {"magic": "0b0a1f2e3d4c5b6a", "username": "t1abc", "password": "Zet0ne-tOken"}
    assert _way("fortinet", _first("fortinet")) == ("https://10.0.1.3:1003/fgtauth", wanted)


def test_the_way_into_meraki() -> None:
    wanted = {"username": "t1abc", "password": "Zet0ne-tOken", "success_url": BACK}
    assert _way("meraki", _first("meraki")) == (recorded("meraki")[0].given["login_url"], wanted)


def test_the_way_into_omada_carries_all_that_came() -> None:
    came = recorded("omada")[0].given
    names = ("clientMac", "clientIp", "apMac", "gatewayMac", "ssidName", "radioId", "vid")
    wanted = {name: came[name] for name in names}
    login = {"authType": "2", "originUrl": BACK, "username": "t1abc", "password": "Zet0ne-tOken"}
    assert _way("omada", _first("omada")) == ("https://10.20.4.1:8843/portal/radius/browserauth", wanted | login)


@pytest.mark.parametrize(
    ("calls_from", "target", "base"),
    [
        ("omada.powiat.example.pl", "omada.powiat.example.pl", "https://omada.powiat.example.pl:8843/"),
        ("omada.powiat.example.pl", "omada.powiat.example.pl.example.org", None),
        ("8.8.8.8", "8.8.8.8", "https://8.8.8.8:8843/"),
        ("8.8.8.0/24", "8.8.8.8", None),
        ("dynamic", "dynamic", None),
        ("10.20.4.1", "fd00::1", "https://[fd00::1]:8843/"),
        ("10.20.4.1", "somebody@10.20.4.1", None),
        ("10.20.4.1", "10.20.4.1/portal/radius/browserauth?", None),
        ("10.20.4.1", "10.20.4.1:80", None),
        ("10.20.4.1", "", None),
    ],
)
def test_omada_is_logged_into_in_its_own_network_or_where_it_calls_from(
    calls_from: str, target: str, base: str | None
) -> None:
    visit = READERS["omada"](recorded("omada")[0].given | {"target": target}, Expected(NAME, calls_from=calls_from))
    assert (None if visit is None else visit.login_base) == base


_NAMES = (
    "mac",
    "cmd",
    "switchip",
    "switch_url",
    "client_mac",
    "url",
    "ga_cmac",
    "ga_srvr",
    "sip",
    "post",
    "login_url",
    "clientMac",
    "target",
    "targetPort",
    "scheme",
)


@given(st.sampled_from(MAKES), st.dictionaries(st.sampled_from(_NAMES), st.text()))
def test_no_query_breaks_the_readers(make: str, query: dict[str, str]) -> None:
    assert READERS[make](query, Expected(NAME)) is None
