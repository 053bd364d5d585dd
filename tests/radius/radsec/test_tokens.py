"""RADIUS/1.1 (RFC 9765): which version is agreed to, and what its packets look like."""

from __future__ import annotations

import hashlib
import ssl

import pytest

from hotspots.access_points.radius_versions import RadiusVersions
from radius.radsec.tokens import Tokens
from radius.wire import Malformed, parse
from tests.radius.gateway import number, status_server
from tests.radius.radsec.peer import RADSEC, Certificates, Peer, Server, is_refused, serving, with_token
from tests.radius.running import PHONE, House

ACCEPT, REJECT, ACCOUNTED = 2, 3, 5
DEVICE = (31, PHONE.encode())
NEW = ("radius/1.1",)
OLD = ("radius/1.0",)


@pytest.mark.parametrize(
    ("ours", "offered", "agreed"),
    [
        (RadiusVersions.EITHER, (), None),
        (RadiusVersions.EITHER, OLD, "radius/1.0"),
        (RadiusVersions.EITHER, NEW, "radius/1.1"),
        (RadiusVersions.EITHER, OLD + NEW, "radius/1.1"),
        (RadiusVersions.HISTORIC, (), None),
        (RadiusVersions.HISTORIC, OLD + NEW, "radius/1.0"),
        (RadiusVersions.TOKENS, NEW + OLD, "radius/1.1"),
    ],
)
def test_the_better_version_is_agreed_to(
    house: House,
    certificates: Certificates,
    ours: RadiusVersions,
    offered: tuple[str, ...],
    agreed: str | None,
) -> None:
    folder = certificates.access_point()
    with serving(house, certificates, ours) as server, Peer(server.port, folder, alpn=offered) as peer:
        assert peer.tls.selected_alpn_protocol() == agreed
        question = with_token(12, 7) if agreed == "radius/1.1" else status_server(secret=RADSEC)
        assert peer.ask(question).code == ACCEPT


@pytest.mark.parametrize("offered", [(), OLD])
def test_who_does_not_speak_it_is_refused_where_it_is_demanded(
    house: House, certificates: Certificates, offered: tuple[str, ...]
) -> None:
    folder = certificates.access_point()
    with serving(house, certificates, RadiusVersions.TOKENS) as server:
        assert is_refused(server.port, folder, alpn=offered)


def test_it_is_not_spoken_over_tls_1_2(server: Server, certificates: Certificates) -> None:
    folder = certificates.access_point()
    assert is_refused(server.port, folder, alpn=NEW, tls=ssl.TLSVersion.TLSv1_2)


@pytest.fixture
def peer(server: Server, certificates: Certificates):
    with Peer(server.port, certificates.access_point(), alpn=NEW) as peer:
        yield peer


def test_a_login_and_accounting_without_secret_signature_and_obfuscation(peer: Peer, house: House) -> None:
    code = house.voucher()
    accepted = peer.ask(with_token(1, 0xA1B2C3D4, (1, code.encode()), (2, code.encode()), DEVICE, (33, b"proxy")))
    assert accepted.code == ACCEPT
    assert accepted.identifier == 0, "Reserved-1"
    assert accepted.authenticator == bytes.fromhex("a1b2c3d4") + bytes(12), "the token, and Reserved-2"
    assert 80 not in accepted.first, "Message-Authenticator must not be sent"
    assert accepted.first[33] == b"proxy"
    accounted = peer.ask(with_token(4, 5, (40, number(1)), (44, b"s1"), DEVICE, (25, accepted.first[25])))
    assert (accounted.code, accounted.authenticator) == (ACCOUNTED, bytes((0, 0, 0, 5)) + bytes(12))


def test_reserved_fields_and_a_message_authenticator_are_not_looked_at(peer: Peer) -> None:
    answer = peer.ask(with_token(12, 9, (80, b"no signature...."), reserved=b"\xff" * 12, first=77))
    assert (answer.code, answer.identifier, answer.authenticator) == (ACCEPT, 0, bytes((0, 0, 0, 9)) + bytes(12))


def test_the_same_token_twice_is_no_retransmission(peer: Peer) -> None:
    """TLS repeats nothing by itself, so whatever comes is meant."""
    refused = [peer.ask(with_token(1, 3, (1, name), (2, b"x"), DEVICE)) for name in (b"anna", b"jan", b"jan")]
    assert [answer.code for answer in refused] == [REJECT] * 3


@pytest.mark.parametrize("password", [b"p", b"with a NUL at the end\0", b"x" * 128])
def test_a_password_stands_there_as_it_is(password: bytes) -> None:
    assert Tokens().uncover_password(parse(with_token(1, 1, (2, password)))) == password


@pytest.mark.parametrize("password", [b"", b"x" * 129])
def test_a_password_of_an_impossible_length_is_malformed(password: bytes) -> None:
    with pytest.raises(Malformed):
        Tokens().uncover_password(parse(with_token(1, 1, (2, password))))


def test_chap_needs_its_challenge(peer: Peer, house: House) -> None:
    code, challenge = house.voucher().encode(), b"a challenge 16 o"
    answer = b"\x07" + hashlib.md5(b"\x07" + code + challenge, usedforsecurity=False).digest()
    accepted = peer.ask(with_token(1, 1, (1, code), (3, answer), (60, challenge), DEVICE))
    assert accepted.code == ACCEPT
    token = (2).to_bytes(4, "big") + bytes(12)
    by_header = b"\x07" + hashlib.md5(b"\x07" + code + token, usedforsecurity=False).digest()
    assert peer.is_met_with_silence(with_token(1, 2, (1, code), (3, by_header), DEVICE))


def test_nothing_of_it_shows_in_the_log() -> None:
    assert repr(Tokens()) == "Tokens()"
