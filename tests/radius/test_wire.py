"""Bytes to packets and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyrad.packet import Packet as PyradPacket

from radius.numbers import Attribute, Code, Vendor, Wispr
from radius.wire import Flaw, Malformed, TooLong, attribute, header, join, parse, vendor_attribute
from tests.radius import peer

ZEROS = bytes(16)


def packet(body: bytes, code: int = Code.ACCESS_REQUEST) -> bytes:
    return header(code, 7, len(body)) + ZEROS + body


@given(peer.attribute_lists, peer.identifiers, peer.authenticators)
def test_what_pyrad_builds_is_parsed_alike(attributes, identifier, authenticator):
    built = peer.pyrad_request(Code.ACCESS_REQUEST, b"secret", identifier, authenticator)
    peer.fill(built, attributes)

    read = parse(built.RequestPacket())

    assert (read.code, read.identifier, read.authenticator) == (1, identifier, authenticator)
    assert peer.grouped(read.attributes) == peer.held(built)


@given(peer.attribute_lists, peer.identifiers)
def test_what_is_joined_here_is_decoded_alike_by_pyrad(attributes, identifier):
    raw = header(Code.ACCESS_ACCEPT, identifier, len(join(attributes))) + ZEROS + join(attributes)

    decoded = PyradPacket(packet=raw)

    assert (decoded.code, decoded.id) == (Code.ACCESS_ACCEPT, identifier)
    assert peer.held(decoded) == peer.grouped(attributes)
    assert parse(raw).attributes == attributes


@given(st.binary(max_size=300))
@example(b"")
@example(bytes((1, 7, 0, 22)) + ZEROS + b"\x01\x00")
def test_any_datagram_is_read_or_malformed(datagram):
    with contextlib.suppress(Malformed):
        read = parse(datagram)
        assert read.raw == datagram[: len(read.raw)]
        assert join(read.attributes) == read.raw[20:]


@given(st.binary(max_size=200))
def test_any_attributes_after_a_right_header_are_read_or_malformed(body):
    with contextlib.suppress(Malformed):
        assert join(parse(packet(body)).attributes) == body


@given(peer.attribute_lists, st.binary(max_size=40))
def test_padding_changes_nothing(attributes, padding):
    raw = packet(join(attributes))

    assert parse(raw + padding) == parse(raw)


def test_the_largest_packet_is_read_and_one_octet_more_is_not():
    body = join([(Attribute.CLASS, bytes(253))] * 15 + [(Attribute.CLASS, bytes(249))])
    largest = packet(body)
    above = bytes((1, 7, 0x10, 0x01)) + ZEROS + body + b"\x19"

    assert len(largest) == 4096
    assert len(parse(largest).attributes) == 16
    with pytest.raises(Malformed) as caught:
        parse(above)
    assert caught.value.reason is Flaw.LENGTH_ABOVE_MAXIMUM
    with pytest.raises(TooLong):
        packet(body + b"\x19")


def test_two_hundred_attributes_are_read():
    assert len(parse(packet(b"\x21\x02" * 200)).attributes) == 200


@pytest.mark.parametrize("size", [254, 255, 300, 4000])
def test_an_overlong_value_is_refused_and_never_cut(size):
    with pytest.raises(TooLong):
        attribute(Attribute.REPLY_MESSAGE, "x" * size)
    with pytest.raises(TooLong):
        join([(Attribute.REPLY_MESSAGE, b"x" * size)])


def test_a_value_is_measured_in_octets_not_letters():
    assert attribute(Attribute.REPLY_MESSAGE, "ł" * 126) == (18, ("ł" * 126).encode())
    with pytest.raises(TooLong):
        attribute(Attribute.REPLY_MESSAGE, "ł" * 127)


def test_a_vendor_value_has_room_for_247_octets():
    number, value = vendor_attribute(Vendor.WISPR, Wispr.REDIRECTION_URL, "u" * 247)

    assert (number, len(value), value[:6]) == (26, 253, b"\x00\x00\x37\x2a\x04\xf9")
    with pytest.raises(TooLong):
        vendor_attribute(Vendor.WISPR, Wispr.REDIRECTION_URL, "u" * 248)


@pytest.mark.parametrize("figure", [-1, 2**32])
def test_a_number_that_needs_more_than_four_octets_is_refused(figure):
    with pytest.raises(TooLong):
        attribute(Attribute.SESSION_TIMEOUT, figure)


def test_a_whole_number_is_in_network_order():
    assert attribute(Attribute.SESSION_TIMEOUT, 2**32 - 1) == (27, b"\xff\xff\xff\xff")
    assert attribute(Attribute.SESSION_TIMEOUT, 300) == (27, b"\x00\x00\x01\x2c")
