from __future__ import annotations

import hashlib
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.gateways import mikrotik
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots.access_points import gateway_proof
from tests.captive_portal.gateways.recorded import Recorded, recorded

SECRET = b"uam secret"
IDENTITY = "belzyce-rynek-1"
PROOF = gateway_proof.prove(SECRET, IDENTITY, "http://10.20.4.1/")
# The published vector: identifier and challenge as RouterOS writes them, and MD5 by md5sum over the octets.
IDENTIFIER = r"\163"
CHALLENGE = r"\357\015\330\013\021\234\145\245\303\253\142\246\133\175\375\316"
RESPONSE = "dcf0b2753f95a82d91774b4bbf453953"
VISIT = GatewayVisit(
    result=Result.NOT_YET,
    nas_identifier=IDENTITY,
    device="02:11:22:33:44:55",
    login_base="http://10.20.4.1/",
    challenge="ef0dd80b119c65a5c3ab62a65b7dfdce",
    gateway="mikrotik",
    chap_identifier=0o163,
)


@pytest.mark.parametrize("redirect", recorded("mikrotik"), ids=lambda each: each.name)
def test_a_recorded_redirect_becomes_its_visit(redirect: Recorded) -> None:
    form = {name: value.replace("@PROOF@", PROOF) for name, value in redirect.given.items()}
    assert redirect.matches(mikrotik.read(form, SECRET)), mikrotik.read(form, SECRET)


@pytest.mark.parametrize(
    ("link", "believed"),
    [
        ("http://10.20.4.1/login", True),
        ("https://192.168.88.1/login", True),
        ("http://8.8.8.8/login", False),
        ("http://portal.evil.example/login", False),
        ("http://0.0.0.0/login", False),
        ("ftp://10.20.4.1/login", False),
        ("http://10.20.4.1:x/login", False),
        ("//10.20.4.1/login", False),
    ],
)
def test_without_a_secret_only_private_addresses_are_believed(link: str, believed: bool) -> None:
    form = {"identity": IDENTITY, "mac": VISIT.device, "link-login-only": link}
    assert (mikrotik.read(form, b"") is not None) is believed


def test_a_name_is_believed_where_it_is_proved() -> None:
    proof = gateway_proof.prove(SECRET, IDENTITY, "https://hotspot.example.pl/")
    link = "https://hotspot.example.pl/login"
    visit = mikrotik.read(
        {"identity": IDENTITY, "mac": VISIT.device, "proof": proof, "link-login-only": link}, SECRET
    )
    assert visit is not None
    assert visit.login_base == "https://hotspot.example.pl/"


def test_the_octal_escapes_are_octets() -> None:
    assert mikrotik.unescaped(IDENTIFIER) == b"s"
    assert mikrotik.unescaped(r"\000\377") == b"\x00\xff"


@pytest.mark.parametrize("text", ["", "s", r"\1", r"\18\19\17", r"\400", r"\163 ", r"\163x", r"\١٦٣"])
def test_what_is_no_row_of_escapes_is_nothing(text: str) -> None:
    assert mikrotik.unescaped(text) is None


@given(st.binary(min_size=1, max_size=32))
def test_what_routeros_escapes_comes_back(octets: bytes) -> None:
    assert mikrotik.unescaped("".join(f"\\{octet:03o}" for octet in octets)) == octets


def test_the_chap_response_is_that_of_the_published_vector() -> None:
    challenge = mikrotik.unescaped(CHALLENGE)
    assert challenge is not None
    assert mikrotik.chap_response(0o163, challenge, "Zet0ne-tOken") == RESPONSE
    by_the_book = hashlib.md5(b"s" + b"Zet0ne-tOken" + challenge, usedforsecurity=False).hexdigest()
    assert by_the_book == RESPONSE


def test_the_way_in_by_chap_carries_the_answer_and_not_the_password() -> None:
    way = mikrotik.hand_over(VISIT, "t1abc", "Zet0ne-tOken", SECRET, "http://portal.example.pl/status?visit=x")

    assert way.url == "http://10.20.4.1/login"
    assert dict(way.fields or ()) == {
        "username": "t1abc",
        "password": RESPONSE,
        "dst": "http://portal.example.pl/status?visit=x",
        "popup": "false",
    }
    assert "Zet0ne" not in repr(way)


def test_a_form_is_never_sent_from_an_encrypted_page_to_a_plain_one() -> None:
    back = "https://portal.example.pl/status?visit=x&lang=pl"

    way = mikrotik.hand_over(VISIT, "t1abc", "Zet0ne-tOken", SECRET, back)
    assert way.fields is None
    address, _, query = way.url.partition("?")
    assert address == "http://10.20.4.1/login"
    assert dict(parse_qsl(query)) == {"username": "t1abc", "password": RESPONSE, "dst": back, "popup": "false"}

    encrypted = replace(VISIT, login_base="https://hotspot.example.pl/")
    assert mikrotik.hand_over(encrypted, "t1abc", "Zet0ne-tOken", SECRET, back).fields is not None


def test_the_way_in_by_pap_carries_the_password_and_does_not_print_it() -> None:
    way = mikrotik.hand_over(replace(VISIT, challenge=""), "t1abc", "Zet0ne-tOken", SECRET, "")
    assert dict(way.fields or ())["password"] == "Zet0ne-tOken"
    assert "Zet0ne" not in repr(way)


def test_the_other_doors_of_the_router() -> None:
    assert mikrotik.log_out_url(VISIT) == "http://10.20.4.1/logout"
    assert mikrotik.again_url(VISIT) == "http://10.20.4.1/login"


@given(
    st.dictionaries(st.sampled_from([*"abc", "mac", "identity", "link-login-only", "chap-id", "error"]), st.text())
)
def test_no_form_breaks_the_reader(form: dict[str, str]) -> None:
    assert mikrotik.read(form, SECRET) is None
