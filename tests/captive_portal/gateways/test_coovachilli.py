from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.gateways import coovachilli
from captive_portal.gateways.visit import GatewayVisit, Result

SECRET = b"greatsecret"
CHALLENGE = "0102030405060708090a0b0c0d0e0f10"
BASE = "https://portal.example.pl"
SIGNED = (
    f"res=notyet&uamip=10.1.0.1&uamport=3990&challenge={CHALLENGE}&called=AA-BB-CC-00-11-22"
    "&mac=02-11-22-33-44-55&ip=10.1.0.7&nasid=gm01-rynek&sessionid=65a1b2c300000001"
    "&userurl=http%3a%2f%2fexample.com%2f"
)
REDIRECT = f"{SIGNED}&md=4EABFD5C2FF0508805F0755BD99F6903"
VISIT = GatewayVisit(
    result=Result.NOT_YET,
    nas_identifier="gm01-rynek",
    device="02:11:22:33:44:55",
    login_base="http://10.1.0.1:3990/",
    challenge=CHALLENGE,
    client_ip="10.1.0.7",
    called="AA-BB-CC-00-11-22",
    session_id="65a1b2c300000001",
    user_url="http://example.com/",
)


def test_a_redirect_becomes_a_visit() -> None:
    assert coovachilli.read(REDIRECT) == VISIT
    assert coovachilli.nas_identifier(REDIRECT) == "gm01-rynek"


def test_the_signature_is_that_of_the_published_vector() -> None:
    assert coovachilli.is_signed(BASE, "/uam", REDIRECT, SECRET)


@pytest.mark.parametrize(
    "query",
    [
        REDIRECT.replace("02-11-22-33-44-55", "02-11-22-33-44-56"),
        REDIRECT.replace("10.1.0.1", "10.1.0.2"),
        REDIRECT[:-1] + "4",
        REDIRECT.replace("4EABFD", "4eabfd"),
        f"{SIGNED}&md=",
        f"{SIGNED}&md=ęęę",
        SIGNED,
        "",
    ],
)
def test_a_redirect_that_was_touched_is_not_signed(query: str) -> None:
    assert not coovachilli.is_signed(BASE, "/uam", query, SECRET)


def test_the_signature_holds_for_the_configured_address_and_secret_only() -> None:
    assert not coovachilli.is_signed("https://other.example.pl", "/uam", REDIRECT, SECRET)
    assert not coovachilli.is_signed(BASE, "/uam/", REDIRECT, SECRET)
    assert not coovachilli.is_signed(BASE, "/uam", REDIRECT, b"another")


def test_an_access_point_without_secret_signs_nothing() -> None:
    assert coovachilli.is_signed(BASE, "/uam", SIGNED, b"")


def test_what_stands_behind_the_signature_is_not_read() -> None:
    longer = f"{REDIRECT}&mac=02-99-99-99-99-99&uamip=10.9.9.9&lang=en"

    assert coovachilli.is_signed(BASE, "/uam", longer, SECRET)
    assert coovachilli.read(longer) == VISIT


def test_the_chap_response_is_that_of_the_published_vector() -> None:
    response = coovachilli.chap_response(CHALLENGE, SECRET, "Zet0ne-tOken")
    assert response == "6b9b4d53c594c9999efcc75a417be5e8"


def test_without_a_secret_the_challenge_itself_is_answered() -> None:
    # MD5 of 00, "Zet0ne-tOken" and the challenge, by md5sum.
    response = coovachilli.chap_response(CHALLENGE, b"", "Zet0ne-tOken")
    assert response == "49f12c1d844c1c4f09abf43aa1119931"


def test_the_way_back_carries_the_answer_and_not_the_password() -> None:
    url = coovachilli.hand_over(VISIT, "t1abc", "Zet0ne-tOken", SECRET, "").url

    assert url.startswith("http://10.1.0.1:3990/logon?")
    assert parse_qs(urlsplit(url).query) == {
        "username": ["t1abc"],
        "response": ["6b9b4d53c594c9999efcc75a417be5e8"],
        "userurl": ["http://example.com/"],
    }
    assert "Zet0ne" not in url


def test_the_other_doors_of_the_gateway() -> None:
    assert coovachilli.log_out_url(VISIT) == "http://10.1.0.1:3990/logoff"
    assert coovachilli.again_url(VISIT) == "http://10.1.0.1:3990/prelogin"


@pytest.mark.parametrize(
    ("res", "result"),
    [
        ("notyet", Result.NOT_YET),
        ("already", Result.ALREADY),
        ("success", Result.SUCCESS),
        ("failed", Result.FAILED),
        ("logoff", Result.LOGGED_OFF),
        ("status", Result.ALREADY),
    ],
)
def test_why_the_gateway_sent_the_browser(res: str, result: Result) -> None:
    visit = coovachilli.read(REDIRECT.replace("res=notyet", f"res={res}"))
    assert visit == replace(VISIT, result=result)


@pytest.mark.parametrize(
    ("uamip", "uamport"),
    [
        ("8.8.8.8", "3990"),
        ("portal.evil.example", "3990"),
        ("10.1.0.1%40evil.example", "3990"),
        ("0.0.0.0", "3990"),
        ("239.1.1.1", "3990"),
        ("", "3990"),
        ("10.1.0.1", "0"),
        ("10.1.0.1", "65536"),
        ("10.1.0.1", "3990%40evil.example"),
        ("10.1.0.1", "٣٩٩٠"),
    ],
)
def test_a_ticket_is_never_carried_to_a_strange_address(uamip: str, uamport: str) -> None:
    query = REDIRECT.replace("uamip=10.1.0.1", f"uamip={uamip}").replace("uamport=3990", f"uamport={uamport}")
    assert coovachilli.read(query) is None


@pytest.mark.parametrize(
    ("ssl", "base"),
    [
        ("https://10.1.0.1:4990/", "https://10.1.0.1:4990/"),
        ("https://8.8.8.8:4990/", "http://10.1.0.1:3990/"),
        ("https://user@10.1.0.1:4990/", "http://10.1.0.1:3990/"),
        ("http://10.1.0.1:4990/", "http://10.1.0.1:3990/"),
        ("https://10.1.0.1:4990x/", "http://10.1.0.1:3990/"),
        ("https://[10.1.0.1/", "http://10.1.0.1:3990/"),
        ("nonsense", "http://10.1.0.1:3990/"),
    ],
)
def test_the_encrypted_login_is_preferred_where_it_is_the_gateways_own(ssl: str, base: str) -> None:
    visit = coovachilli.read(f"{SIGNED}&ssl={ssl}&md=0")
    assert visit == replace(VISIT, login_base=base)


def test_an_ipv6_gateway_stands_in_brackets() -> None:
    visit = coovachilli.read(REDIRECT.replace("uamip=10.1.0.1", "uamip=fd00::1"))
    assert visit == replace(VISIT, login_base="http://[fd00::1]:3990/")


@pytest.mark.parametrize(
    "changed",
    [
        REDIRECT.replace("mac=02-11-22-33-44-55", "mac=nobody"),
        REDIRECT.replace("res=notyet", "res=dance"),
        REDIRECT.replace(CHALLENGE, "zz"),
        REDIRECT.replace(CHALLENGE, "012"),
        REDIRECT.replace(f"challenge={CHALLENGE}&", ""),
        REDIRECT.replace("&nasid=gm01-rynek", ""),
        "&".join(f"a{number}=1" for number in range(100)),
    ],
)
def test_what_lacks_a_part_is_malformed(changed: str) -> None:
    assert coovachilli.read(changed) is None


def test_only_web_addresses_are_gone_on_to() -> None:
    visit = coovachilli.read(
        REDIRECT.replace("userurl=http%3a%2f%2fexample.com%2f", "userurl=javascript%3aalert(1)")
    )
    assert visit == replace(VISIT, user_url=None)


@given(st.text(max_size=300))
def test_no_query_breaks_the_reader(query: str) -> None:
    assert coovachilli.read(query) is None
    assert coovachilli.nas_identifier(query) is None or "nasid=" in query
    assert not coovachilli.is_signed(BASE, "/uam", query, SECRET)
