"""The malformed set, made of every packet that was caught from a real program: met with silence, or read right.

A length that is off by one anywhere, truncations, sub-attributes of no length, the largest packets, as many attributes
as may be and one more, and codes that nobody here answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from radius.numbers import Code, Vendor
from radius.printing import describe
from radius.wire import HEADER_OCTETS, Flaw, Malformed, join, parse
from tests.radius.fuzz import caught, real, sealed
from tests.radius.gateway import attributes
from tests.radius.noise import Noise, heard
from tests.radius.running import House, Worker

WHOLE = [*caught(), *real("ABCDEFGHJKLM")]
ANSWERED = {Code.ACCESS_REQUEST, Code.ACCOUNTING_REQUEST, Code.STATUS_SERVER}
MALFORMED = "malformed"


def length_octets(datagram: bytes) -> Iterator[int]:
    """Where lengths stand: that of the packet, those of the attributes, those inside of vendors' attributes."""
    yield 3
    start = HEADER_OCTETS
    while start < len(datagram):
        yield start + 1
        end = start + datagram[start + 1]
        if datagram[start] == 26 and int.from_bytes(datagram[start + 2 : start + 6], "big") in set(Vendor):
            inside = start + 6
            while inside < end:
                yield inside + 1
                inside += datagram[inside + 1]
        start = end


def off_by_one() -> Iterator[bytes]:
    for datagram in WHOLE:
        for at in length_octets(datagram):
            for change in (-1, 1):
                octets = bytearray(datagram)
                octets[at] = (octets[at] + change) & 0xFF
                yield bytes(octets)


def truncated() -> Iterator[bytes]:
    """Each cut once where the length field still says more, and once where it says what is there."""
    for datagram in WHOLE:
        for end in range(len(datagram)):
            yield datagram[:end]
            if end >= HEADER_OCTETS:
                yield datagram[:2] + end.to_bytes(2, "big") + datagram[4:end]


def with_body(body: bytes, code: int = Code.ACCESS_REQUEST, identifier: int = 1) -> bytes:
    head = bytes((code, identifier)) + (HEADER_OCTETS + len(body)).to_bytes(2, "big")
    return sealed(head + bytes(16) + body)


def of_no_length() -> Iterator[bytes]:
    for vendor in (*Vendor, 9, 311):
        for inside in (b"\x01\x00", b"\x01\x01", b"\x01", b"", b"\x01\x06\0\0\0\x01\x02\x00"):
            yield with_body(attributes((1, b"a"), (26, vendor.to_bytes(4, "big") + inside)))


def of_other_codes() -> Iterator[bytes]:
    for code in range(256):
        if code not in ANSWERED:
            yield with_body(attributes((80, bytes(16)), (1, b"a"), (40, b"\0\0\0\x01"), (44, b"s1")), code)


def of_full_size() -> Iterator[bytes]:
    """4,096 octets and one more, of attributes large and small."""
    large = attributes(*[(25, bytes(253))] * 15, (25, bytes(249)))
    small = attributes(*[(1, b"")] * 2038)
    for body in (large, small, large[:-251] + b"\x19\xff" + bytes(253)):
        yield with_body(body)
        yield with_body(body, Code.ACCOUNTING_REQUEST)


def of_many_attributes() -> Iterator[bytes]:
    for count in (199, 200, 201, 1000):
        yield with_body(attributes((80, bytes(16)), *[(33, b"")] * (count - 1)))
        yield with_body(attributes((40, b"\0\0\0\x01"), *[(44, b"s")] * (count - 1)), Code.ACCOUNTING_REQUEST)


SETS = {
    made.__name__: made
    for made in (off_by_one, truncated, of_no_length, of_other_codes, of_full_size, of_many_attributes)
}


@pytest.mark.parametrize("name", SETS)
def test_each_is_malformed_or_read_whole(name: str) -> None:
    found = {MALFORMED: 0, "read": 0}
    for datagram in SETS[name]():
        try:
            packet = parse(datagram)
        except Malformed:
            found[MALFORMED] += 1
            continue
        found["read"] += 1
        assert packet.raw == datagram[: len(packet.raw)]
        assert join(packet.attributes) == packet.raw[HEADER_OCTETS:]
        assert describe(packet)
    assert found[MALFORMED if name != "of_other_codes" else "read"] > 0


@pytest.mark.parametrize("name", SETS)
def test_each_leaves_the_server_answering(name: str, sqlite_house: House) -> None:
    with Noise(sqlite_house) as noise:
        worker = Worker(sqlite_house)
        try:
            before = heard(worker)
            datagrams = SETS[name]()
            while batch := list(itertools.islice(datagrams, 100)):
                for port in (worker.auth_port, worker.acct_port):
                    noise.throw(batch, port)
                noise.is_answered(worker)
            after = heard(worker)
        finally:
            worker.stop()
    assert after["dropped"] > before["dropped"]
    assert (after["error"], after["over_rate"]) == (before["error"], before["over_rate"])


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (attributes((26, b"\0\0\x38\xdf\x0a\x00")), Flaw.VENDOR_LENGTHS),
        (attributes((26, b"\0\0\x38\xdf\x0a\x01")), Flaw.VENDOR_LENGTHS),
        (attributes((26, b"\0\0\x38\xdf\x0a")), Flaw.VENDOR_LENGTHS),
        (attributes((26, b"\0\0\x38\xdf")), Flaw.VENDOR_TOO_SHORT),
        (attributes(*[(33, b"")] * 201), Flaw.TOO_MANY_ATTRIBUTES),
    ],
)
def test_each_flaw_has_its_name(body: bytes, flaw: Flaw) -> None:
    with pytest.raises(Malformed) as caught_flaw:
        parse(with_body(body))
    assert caught_flaw.value.reason is flaw
