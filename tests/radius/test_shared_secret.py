"""Signatures and hidden passwords, with pyrad as the other side."""

from __future__ import annotations

from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pyrad.packet import AuthPacket

from radius import chap
from radius.numbers import Attribute, Code
from radius.shared_secret import SharedSecret
from radius.wire import Flaw, Malformed, TooLong, parse
from tests.radius import peer

SECRET = b"a secret of an access point"
REQUESTS = st.sampled_from(
    (
        Code.ACCESS_REQUEST,
        Code.STATUS_SERVER,
        Code.ACCOUNTING_REQUEST,
        Code.DISCONNECT_REQUEST,
        Code.COA_REQUEST,
    )
)
REPLIES = st.sampled_from(
    (
        (Code.ACCESS_REQUEST, Code.ACCESS_ACCEPT),
        (Code.ACCESS_REQUEST, Code.ACCESS_REJECT),
        (Code.ACCESS_REQUEST, Code.ACCESS_CHALLENGE),
        (Code.ACCOUNTING_REQUEST, Code.ACCOUNTING_RESPONSE),
        (Code.STATUS_SERVER, Code.ACCESS_ACCEPT),
        (Code.STATUS_SERVER, Code.ACCOUNTING_RESPONSE),
    )
)


def signed(code, secret, identifier=7, authenticator=bytes(range(16)), attributes=()):
    """A request of pyrad's with a Message-Authenticator."""
    built = peer.pyrad_request(code, secret, identifier, authenticator)
    peer.fill(built, list(attributes))
    built.add_message_authenticator()
    return built


@given(REQUESTS, peer.secrets, peer.identifiers, peer.authenticators, peer.attribute_lists)
def test_a_request_signed_by_pyrad_is_believed(code, secret, identifier, authenticator, attributes):
    raw = signed(code, secret, identifier, authenticator, attributes).RequestPacket()

    request = parse(raw)

    assert SharedSecret(secret).verify_signature(request)
    assert not SharedSecret(secret + b"?").verify_signature(request)


@given(REQUESTS, st.data())
def test_a_request_with_one_bit_changed_is_not_believed(code, data):
    raw = bytearray(signed(code, SECRET, attributes=[(1, b"resident"), (25, b"class")]).RequestPacket())
    # Code and length decide how the packet is read at all, so the identifier and what follows is changed.
    place = data.draw(st.sampled_from([1, *range(20, len(raw))]))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))

    try:
        request = parse(bytes(raw))
    except Malformed:
        return
    assert not SharedSecret(SECRET).verify_signature(request)


def test_a_signature_may_stand_anywhere():
    secret = SharedSecret(SECRET)
    for place in range(4):
        built = peer.pyrad_request(Code.ACCESS_REQUEST, SECRET, 7, bytes(range(16)))
        for index, number in enumerate((1, 32, 61)):
            if index == place:
                built[80] = [bytes(16)]
            built[number] = [b"abcd"]
        built.setdefault(80, [bytes(16)])
        built.message_authenticator = True

        request = parse(built.RequestPacket())

        assert [number for number, _ in request.attributes].index(80) == place
        assert secret.verify_signature(request)


@pytest.mark.parametrize("code", [Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST])
@given(secret=peer.secrets, attributes=peer.attribute_lists)
def test_the_digest_of_pyrad_is_believed(code, secret, attributes):
    built = peer.pyrad_request(code, secret, 9, b"")
    peer.fill(built, attributes)

    request = parse(built.RequestPacket())

    assert SharedSecret(secret).verify_digest(request)
    assert not SharedSecret(secret + b"?").verify_digest(request)
    assert not SharedSecret(secret).verify_signature(request)


@given(REPLIES, peer.secrets, peer.identifiers, peer.authenticators, peer.attribute_lists)
def test_pyrad_believes_our_replies(codes, secret, identifier, authenticator, attributes):
    request_code, reply_code = codes
    asked = signed(request_code, secret, identifier, authenticator)
    request = parse(asked.RequestPacket())

    raw = SharedSecret(secret).reply(request, reply_code, attributes)

    assert asked.VerifyReply(asked.CreateReply(packet=raw), raw, enforce_ma=True)
    answer = parse(raw)
    if request_code == Code.ACCOUNTING_REQUEST and not request.signed_at:
        assert answer.attributes == attributes
    else:
        assert answer.attributes[0][0] == Attribute.MESSAGE_AUTHENTICATOR
        assert answer.attributes[1:] == attributes
    assert SharedSecret(secret).verify_reply(answer, request_code, request.authenticator)
    assert not SharedSecret(secret + b"?").verify_reply(answer, request_code, request.authenticator)


@given(REPLIES, peer.secrets, peer.attribute_lists)
def test_replies_of_pyrad_are_believed(codes, secret, attributes):
    request_code, reply_code = codes
    asked = signed(request_code, secret)
    request = parse(asked.RequestPacket())
    answering = asked.CreateReply()
    answering.code = reply_code
    peer.fill(answering, attributes)
    answering.add_message_authenticator()

    answer = parse(answering.ReplyPacket())

    assert answer.signed_at
    assert SharedSecret(secret).verify_reply(answer, request_code, request.authenticator)


def test_a_reply_with_a_wrong_signature_but_a_right_digest_is_not_believed():
    secret = SharedSecret(SECRET)
    request = parse(signed(Code.ACCESS_REQUEST, SECRET).RequestPacket())
    raw = bytearray(secret.reply(request, Code.ACCESS_ACCEPT))
    raw[22] ^= 1
    raw[4:20] = secret._digest(bytes(raw[:4]) + request.authenticator + bytes(raw[20:]))

    assert not secret.verify_reply(parse(bytes(raw)), request.code, request.authenticator)


def test_proxy_state_comes_back_unchanged_in_order_and_last():
    states = [(33, b"first"), (33, b"second"), (33, b"first")]
    asked = signed(Code.ACCESS_REQUEST, SECRET, attributes=[(1, b"resident"), *states])
    request = parse(asked.RequestPacket())

    raw = SharedSecret(SECRET).reply(request, Code.ACCESS_REJECT, [(18, b"no")])

    assert parse(raw).attributes[1:] == [(18, b"no"), *states]
    assert asked.VerifyReply(asked.CreateReply(packet=raw), raw, enforce_ma=True)


def test_a_reply_that_does_not_fit_is_refused():
    request = parse(signed(Code.ACCESS_REQUEST, SECRET).RequestPacket())

    with pytest.raises(TooLong):
        SharedSecret(SECRET).reply(request, Code.ACCESS_ACCEPT, [(25, bytes(253))] * 16)


@pytest.mark.parametrize("code", [Code.DISCONNECT_REQUEST, Code.COA_REQUEST, Code.ACCOUNTING_REQUEST])
@pytest.mark.parametrize("sign", [True, False])
@given(secret=peer.secrets, identifier=peer.identifiers, attributes=peer.attribute_lists)
def test_pyrad_believes_our_requests(code, sign, secret, identifier, attributes):
    raw = SharedSecret(secret).request(code, identifier, attributes, sign=sign)

    built = peer.pyrad_request(code, secret, 0, b"")
    received = type(built)(packet=raw, secret=secret)
    verify = received.VerifyAcctRequest if code == Code.ACCOUNTING_REQUEST else received.VerifyCoARequest
    assert verify()
    assert (received.code, received.id) == (code, identifier)
    assert bool(received.message_authenticator) is sign
    assert not sign or received.verify_message_authenticator()
    assert not sign or parse(raw).attributes[0][0] == Attribute.MESSAGE_AUTHENTICATOR


def test_the_disconnect_of_the_known_vector_is_made_byte_for_byte():
    raw = SharedSecret(b"secret").request(Code.DISCONNECT_REQUEST, 7, [(1, b"alice")])

    assert raw.hex() == (
        "2807002d54633a19a05f15b01eb5536e9b05345d501265abb016d2644847e4fc7100fb034ae00107616c696365"
    )


@given(peer.secrets, peer.authenticators, st.text(max_size=100).filter(lambda text: not text.endswith("\0")))
def test_a_password_hidden_by_pyrad_is_uncovered(secret, authenticator, password):
    password = password.encode()[:128].decode(errors="ignore")
    built = AuthPacket(secret=secret, authenticator=authenticator, id=1)
    built[2] = [built.PwCrypt(password)]

    assert SharedSecret(secret).uncover_password(parse(built.RequestPacket())) == password.encode().rstrip(b"\0")


@pytest.mark.parametrize("size", [0, 1, 15, 17, 129, 144, 253])
def test_a_hidden_password_of_impossible_length_is_malformed(size):
    built = peer.pyrad_request(Code.ACCESS_REQUEST, SECRET, 7, bytes(16))
    built[2] = [bytes(size)]

    with pytest.raises(Malformed) as caught:
        SharedSecret(SECRET).uncover_password(parse(built.RequestPacket()))
    assert (caught.value.reason, caught.value.at) == (Flaw.VALUE_LENGTH, 2)


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=300))
def test_the_prepared_halves_make_the_hmac_of_the_standard_library(secret, octets):
    assert SharedSecret(secret)._hmac(octets) == peer.plain_hmac(secret, octets)


def test_a_secret_is_never_shown_and_never_empty():
    assert "swordfish" not in repr(SharedSecret(SecretStr("swordfish")))
    with pytest.raises(ValueError, match="empty"):
        SharedSecret(SecretStr(""))


def chap_request(password, identifier=1, challenge=None, authenticator=bytes(range(16))):
    """A request with CHAP, its response made by the formula of RFC 1994 section 4.1."""
    made = md5(bytes((identifier,)) + password + (challenge or authenticator), usedforsecurity=False).digest()
    built = peer.pyrad_request(Code.ACCESS_REQUEST, SECRET, 7, authenticator)
    built[3] = [bytes((identifier,)) + made]
    if challenge is not None:
        built[60] = [challenge]
    return built


@given(st.binary(min_size=1, max_size=16), st.integers(0, 255), st.none() | st.binary(min_size=8, max_size=24))
def test_chap_proves_the_password(password, identifier, challenge):
    built = chap_request(password, identifier, challenge)

    request = parse(built.RequestPacket())

    assert chap.is_offered(request)
    assert chap.matches(request, password)
    assert not chap.matches(request, password + b"?")


def test_chap_of_a_gateway_is_believed():
    """The response that CoovaChilli's formula gives for this challenge, UAM secret and password."""
    built = peer.pyrad_request(Code.ACCESS_REQUEST, SECRET, 7, bytes(16))
    built[3] = [b"\0" + bytes.fromhex("6b9b4d53c594c9999efcc75a417be5e8")]
    built[60] = [bytes.fromhex("9a646aff0c6bfae1fcd7565994a7fe54")]

    assert chap.matches(parse(built.RequestPacket()), b"Zet0ne-tOken")


def test_a_request_without_chap_matches_no_password():
    request = parse(signed(Code.ACCESS_REQUEST, SECRET).RequestPacket())

    assert not chap.is_offered(request)
    assert not chap.matches(request, b"")


@pytest.mark.parametrize("size", [0, 16, 18])
def test_a_chap_password_of_another_length_is_malformed(size):
    built = peer.pyrad_request(Code.ACCESS_REQUEST, SECRET, 7, bytes(16))
    built[3] = [bytes(size)]

    with pytest.raises(Malformed):
        chap.matches(parse(built.RequestPacket()), b"password")
