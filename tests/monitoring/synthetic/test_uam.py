"""CoovaChilli's redirect and logon, held to vectors that were computed apart from it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from monitoring.synthetic import uam
from monitoring.synthetic.packets import Chap, Pap
from tests.monitoring.synthetic.access_points import PHONE, an_access_point

CHALLENGE = "0102030405060708090a0b0c0d0e0f10"
LOGON = "http://10.1.0.1:3990/logon"


def test_md_is_that_of_the_vector() -> None:
    url = (
        "https://portal.example.pl/uam?res=notyet&uamip=10.1.0.1&uamport=3990"
        "&challenge=0102030405060708090a0b0c0d0e0f10&called=AA-BB-CC-00-11-22&mac=02-11-22-33-44-55&ip=10.1.0.7"
        "&nasid=gm01-rynek&sessionid=65a1b2c300000001&userurl=http%3a%2f%2fexample.com%2f"
    )

    assert uam.signed(url, "greatsecret") == f"{url}&md=4EABFD5C2FF0508805F0755BD99F6903"
    assert uam.signed(url, "") == url


def test_the_redirect_has_chillis_order_and_encoding() -> None:
    asking = uam.Asking(PHONE, CHALLENGE, "http://example.com/")
    url = uam.redirect_url("https://portal.example.pl", an_access_point(), asking, "failed", "Limit wyczerpany!")

    names = list(parse_qs(urlsplit(url).query))
    assert names == ["res", "uamip", "uamport", "challenge", "called", "mac", "ip", "reply", "nasid", "sessionid",
                     "userurl", "md"]  # fmt: skip
    assert "&mac=02-11-22-33-44-55&ip=10.1.0.7&reply=Limit%20wyczerpany!&nasid=gm01-rynek&" in url
    assert "&userurl=http%3a%2f%2fexample.com%2f&md=" in url


def test_a_chap_logon_is_taken_as_it_stands() -> None:
    response = "6b9b4d53c594c9999efcc75a417be5e8"
    url = f"{LOGON}?username=t1abc&response={response}&userurl=http%3A%2F%2Fexample.com%2F"

    credentials = uam.read_logon(url, an_access_point(), CHALLENGE)

    assert credentials == Chap("t1abc", bytes.fromhex("9a646aff0c6bfae1fcd7565994a7fe54"), bytes.fromhex(response))


def test_a_pap_logon_is_uncovered() -> None:
    url = f"{LOGON}?username=t1abc&password=c0011ecf620ed795b3bc3337"

    assert uam.read_logon(url, an_access_point(), CHALLENGE) == Pap("t1abc", b"Zet0ne-tOken")


def test_without_a_uam_secret_the_challenge_itself_is_answered() -> None:
    access_point = replace(an_access_point(), uam_secret=SecretStr(""))

    credentials = uam.read_logon(f"{LOGON}?username=a&response={'00' * 16}", access_point, CHALLENGE)

    assert credentials == Chap("a", bytes.fromhex(CHALLENGE), bytes(16))


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://evil.example/logon?username=a&response=" + "00" * 16, "evil.example"),
        ("http://10.1.0.1:3990/logoff", "10.1.0.1:3990/logoff"),
        (f"{LOGON}?username=a", "neither|no username"),
        (f"{LOGON}?response={'00' * 16}", "no username"),
        (f"{LOGON}?username=a&response=0011", "32 hexadecimal"),
        (f"{LOGON}?username=a&response=xyz", "32 hexadecimal"),
    ],
)
def test_an_address_that_is_no_logon_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(uam.NotALogon, match=complaint):
        uam.read_logon(url, an_access_point(), CHALLENGE)
