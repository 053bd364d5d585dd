"""What a packet's attributes mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radius import attributes
from radius.numbers import Attribute, CoovaChilli, Vendor, ViewPoint, Wispr
from radius.wire import Malformed, attribute, header, join, parse, vendor_attribute

UP_TO_32_BITS = st.integers(0, 2**32 - 1)


def packet(*given):
    body = join(given)
    return parse(header(4, 7, len(body)) + bytes(16) + body)


def test_of_several_attributes_the_first_counts_and_all_can_be_had():
    request = packet((25, b"one"), (1, b"resident"), (25, b"two"))

    assert attributes.octets(request, Attribute.CLASS) == b"one"
    assert attributes.all_octets(request, Attribute.CLASS) == [b"one", b"two"]
    assert attributes.octets(request, Attribute.STATE) is None


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b"", ""),
        ("gość".encode(), "gość"),
        (b"Gmina \xb3", "Gmina \\xb3"),
        (b"a\0b\r\n", "a\\x00b\\x0d\\x0a"),
        ("a\u2028b".encode(), "a\\u2028b"),
    ],
)
def test_text_is_always_fit_to_store_and_print(sent, shown):
    assert attributes.text(packet((30, sent)), Attribute.CALLED_STATION_ID) == shown


@given(st.binary(max_size=253))
def test_no_octets_make_text_that_a_database_refuses(sent):
    shown = attributes.text(packet((30, sent)), Attribute.CALLED_STATION_ID)

    assert shown is not None
    assert shown.isprintable()
    assert shown.encode().decode() == shown


@pytest.mark.parametrize("sent", [b"", b"\xff\xfe", b"gm\xb3", b"resident\0", b"a\nb"])
def test_a_user_name_that_nobody_can_have_is_none(sent):
    assert attributes.user_name(packet((1, sent))) is None


def test_a_user_name_is_utf8():
    assert attributes.user_name(packet((1, "żółw".encode()))) == "żółw"
    assert attributes.user_name(packet()) is None


@pytest.mark.parametrize("sent", [b"", b"\0", b"abc", b"abcde"])
def test_a_number_of_another_length_is_malformed(sent):
    with pytest.raises(Malformed):
        attributes.integer(packet((46, sent)), Attribute.ACCT_SESSION_TIME)
    with pytest.raises(Malformed):
        attributes.vendor_integer(packet(vendor_attribute(14559, 40, sent)), Vendor.COOVACHILLI, 40)


@given(UP_TO_32_BITS)
def test_a_number_comes_back(figure):
    assert attributes.integer(packet(attribute(46, figure)), Attribute.ACCT_SESSION_TIME) == figure


def test_addresses_of_both_families_are_read():
    request = packet((4, bytes((10, 1, 0, 7))), (95, bytes((0x20, 1, 0x0D, 0xB8)) + bytes(11) + b"\x01"))

    assert attributes.address(request, Attribute.NAS_IP_ADDRESS) == "10.1.0.7"
    assert attributes.address(request, Attribute.NAS_IPV6_ADDRESS) == "2001:db8::1"
    assert attributes.address(request, Attribute.FRAMED_IP_ADDRESS) is None
    with pytest.raises(Malformed):
        attributes.address(packet((4, b"abc")), Attribute.NAS_IP_ADDRESS)


def test_an_instant_is_aware_and_in_utc():
    assert attributes.instant(packet(attribute(55, 1767323045))) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert attributes.instant(packet()) is None


@pytest.mark.parametrize("sent", ["02-11-22-33-44-AB", "02:11:22:33:44:ab", "0211.2233.44ab", "0211223344AB"])
def test_the_device_is_the_same_however_it_is_written(sent):
    assert attributes.device(packet(attribute(31, sent))) == "02:11:22:33:44:ab"


@pytest.mark.parametrize("sent", [b"", b"+48 600 000 000", b"02-11-22-33-44", b"\xff" * 17])
def test_what_is_no_address_is_no_device(sent):
    assert attributes.device(packet((31, sent))) is None


@pytest.mark.parametrize(
    ("sent", "mac", "ssid"),
    [
        ("AA-BB-CC-00-11-22:Gmina Głusk", "aa:bb:cc:00:11:22", "Gmina Głusk"),
        ("AA-BB-CC-00-11-22:a:b", "aa:bb:cc:00:11:22", "a:b"),
        ("AA-BB-CC-00-11-22:", "aa:bb:cc:00:11:22", None),
        ("aa:bb:cc:00:11:22", "aa:bb:cc:00:11:22", None),
        ("AABBCC001122", "aa:bb:cc:00:11:22", None),
        ("hotspot1", None, None),
    ],
)
def test_the_called_station_is_split(sent, mac, ssid):
    assert attributes.called_station(packet(attribute(30, sent))) == (mac, ssid)


def test_a_sub_attribute_is_found_among_others():
    other = vendor_attribute(9, 7, b"cisco")
    two = (26, (14122).to_bytes(4, "big") + b"\x01\x05loc" + b"\x04\x06http")

    request = packet(other, two)

    assert attributes.vendor_octets(request, Vendor.WISPR, Wispr.REDIRECTION_URL) == b"http"
    assert attributes.vendor_octets(request, Vendor.WISPR, Wispr.BANDWIDTH_MAX_UP) is None
    assert attributes.vendor_octets(request, Vendor.MIKROTIK, 1) is None


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_octets_come_back_with_their_gigawords(up, down):
    counted = [
        attribute(42, up & 0xFFFFFFFF),
        attribute(43, down & 0xFFFFFFFF),
        attribute(52, up >> 32),
        attribute(53, down >> 32),
    ]
    client = vendor_attribute(Vendor.COOVACHILLI, CoovaChilli.ACCT_VIEW_POINT, int(ViewPoint.CLIENT))
    nas = vendor_attribute(Vendor.COOVACHILLI, CoovaChilli.ACCT_VIEW_POINT, int(ViewPoint.NAS))

    assert attributes.octets_up_down(packet(*counted)) == (up, down)
    assert attributes.octets_up_down(packet(*counted, nas)) == (up, down)
    assert attributes.octets_up_down(packet(*counted, client)) == (down, up)


def test_a_packet_that_counts_no_octets_says_so():
    assert attributes.octets_up_down(packet()) is None
    assert attributes.octets_up_down(packet(attribute(42, 5))) == (5, 0)
