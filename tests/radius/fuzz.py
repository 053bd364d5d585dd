"""A fuzzer: packets mutated from real ones by a seed, sealed with the right secret where they can be.

What is sealed gets behind the checks of signatures, where a packet is taken apart further; what is not tries those
checks themselves.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterator

from radius.numbers import Attribute, Code
from radius.wire import HEADER_OCTETS, Malformed, parse
from tests.radius.gateway import Pair, access_request, accounting_request, attributes, login, number, status_server
from tests.radius.running import PHONE, SECRET
from tests.radius.test_packets import FILES, sections

_BORDERS = (0, 1, 2, 3, 4, 5, 6, 16, 17, 18, 19, 20, 127, 128, 253, 254, 255)
_CODES = (*Code, 0, 6, 10, 13, 52, 255)
_KINDS = tuple(Attribute)
_VENDORS = (9, 311, 14122, 14179, 14559, 14988, 17713, 25053, 0, 2**32 - 1)


def caught() -> list[bytes]:
    """The packets of ``packets/`` that are whole: caught from real programs, or those of the RFCs."""
    datagrams = [bytes.fromhex(sections(file.read_text(encoding="utf-8"))["packet"]) for file in FILES]
    return [datagram for datagram in datagrams if is_read(datagram)]


def is_read(datagram: bytes) -> bool:
    try:
        parse(datagram)
    except Malformed:
        return False
    return True


_AROUND = (
    (4, bytes((127, 0, 1, 1))),
    (6, number(1)),
    (8, bytes((10, 1, 0, 7))),
    (30, b"AA-BB-CC-00-11-22:Powiat"),
    (31, PHONE.encode()),
    (32, b"belzyce-urzad-1"),
    (61, number(19)),
    (87, b"wlan0"),
    (26, b"\0\0\x37\x2a\x01\x0disocc=pl,cc"),
)
_COUNTED = (
    (44, b"65a1b2c300000001"),
    (41, number(3)),
    (42, number(2**32 - 1)),
    (43, number(7)),
    (46, number(300)),
    (52, number(1)),
    (53, number(0)),
    (55, number(1_795_000_000)),
    (25, b"ph1." + bytes(range(48))),
    (26, b"\0\0\x38\xdf\x0a\x06\0\0\0\x02"),
    (49, number(1)),
)


def real(voucher: str) -> list[bytes]:
    """What a gateway sends in a day: logins of all kinds with what stands around them, reports, Status-Server."""
    name, chap = (1, voucher.encode()), ((3, bytes(17)), (60, bytes(range(16))))
    return [
        login(voucher, voucher),
        login(voucher, voucher, signed=False),
        access_request(name, *chap, *_AROUND),
        access_request(name, *chap, *_AROUND, signed=False),
        access_request((1, PHONE.encode()), (2, bytes(32)), (33, b"proxy"), (33, b"another"), *_AROUND),
        access_request((1, b"a"), (79, b"\x02\x01\0\x05\x01"), *_AROUND),
        status_server(*_AROUND),
        *(accounting_request((40, number(status)), name, *_COUNTED, *_AROUND) for status in (1, 2, 3, 7, 8)),
    ]


# On the bytes, whatever they mean.


def flip_a_bit(octets: bytearray, chance: random.Random) -> None:
    octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)


def put_a_border(octets: bytearray, chance: random.Random) -> None:
    octets[chance.randrange(len(octets))] = chance.choice(_BORDERS)


def cut_out(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets))
    del octets[start : start + chance.randint(1, 40)]


def cut_off(octets: bytearray, chance: random.Random) -> None:
    del octets[chance.randrange(len(octets)) :]


def repeat(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets))
    octets += octets[start : start + chance.randint(1, 300)] * chance.choice((1, 1, 1, 2, 20))


def break_a_length(octets: bytearray, chance: random.Random) -> None:
    """The length of one of its attributes, one too large or too small, or nought."""
    start = HEADER_OCTETS
    starts = []
    while start + 1 < len(octets) and octets[start + 1] >= 2:
        starts.append(start)
        start += octets[start + 1]
    if starts:
        at = chance.choice(starts) + 1
        octets[at] = chance.choice((octets[at] - 1, (octets[at] + 1) & 0xFF, 0, 1))


def change_the_code(octets: bytearray, chance: random.Random) -> None:
    octets[0] = chance.choice(_CODES)


# On the attributes, so that the packet stays one.


def change_a_value(pairs: list[Pair], chance: random.Random) -> None:
    at = chance.randrange(len(pairs))
    kind, value = pairs[at]
    octets = bytearray(value) or bytearray(1)
    for mutation in chance.choices((flip_a_bit, put_a_border), k=chance.randint(1, 3)):
        mutation(octets, chance)
    pairs[at] = kind, bytes(octets)


def change_a_size(pairs: list[Pair], chance: random.Random) -> None:
    at = chance.randrange(len(pairs))
    kind, value = pairs[at]
    pairs[at] = kind, (value * 130)[: chance.choice((0, 1, 3, 4, 5, 15, 16, 17, len(value) + 1, 128, 253))][:253]


def change_a_kind(pairs: list[Pair], chance: random.Random) -> None:
    at = chance.randrange(len(pairs))
    pairs[at] = chance.choice((chance.choice(_KINDS), chance.randrange(256))), pairs[at][1]


def leave_one_out(pairs: list[Pair], chance: random.Random) -> None:
    del pairs[chance.randrange(len(pairs))]


def put_one_twice(pairs: list[Pair], chance: random.Random) -> None:
    pair = chance.choice(pairs)
    for _ in range(chance.choice((1, 1, 2, 199))):
        pairs.insert(chance.randrange(len(pairs) + 1), pair)


def shuffle(pairs: list[Pair], chance: random.Random) -> None:
    chance.shuffle(pairs)


def add_one(pairs: list[Pair], chance: random.Random) -> None:
    value = chance.randbytes(chance.choice((0, 1, 3, 4, 5, 16, 17, 18, 253)))
    pairs.insert(chance.randrange(len(pairs) + 1), (chance.choice(_KINDS), value))


def add_a_vendors_one(pairs: list[Pair], chance: random.Random) -> None:
    inside = chance.randbytes(chance.choice((0, 1, 4, 4, 4, 20)))
    length = len(inside) + 2 if chance.random() < 0.8 else chance.choice(_BORDERS)
    value = chance.choice(_VENDORS).to_bytes(4, "big") + bytes((chance.randrange(256), length)) + inside
    pairs.append((26, value[: chance.randrange(12)] if chance.random() < 0.2 else value))


ON_OCTETS = (flip_a_bit, put_a_border, cut_out, cut_off, repeat, break_a_length, change_the_code)
ON_PAIRS = (
    change_a_value,
    change_a_value,
    change_a_size,
    change_a_kind,
    leave_one_out,
    put_one_twice,
    shuffle,
    add_one,
    add_a_vendors_one,
)


def mutated(datagram: bytes, chance: random.Random) -> bytes:
    """One to three mutations of the attributes or of the bytes; most have a length that fits, and are sealed."""
    octets = _rebuilt(datagram, chance) if chance.random() < 0.7 else _worn(datagram, chance)
    del octets[4096 if chance.random() < 0.99 else 5000 :]
    if len(octets) >= HEADER_OCTETS and chance.random() < 0.9:
        octets[1] = chance.randrange(256)
        octets[2:4] = len(octets).to_bytes(2, "big")
        if chance.random() < 0.85:
            octets[4:HEADER_OCTETS] = chance.randbytes(16)
            return sealed(bytes(octets))
    return bytes(octets)


def _worn(datagram: bytes, chance: random.Random) -> bytearray:
    octets = bytearray(datagram)
    for mutation in chance.choices(ON_OCTETS, k=chance.randint(1, 3)):
        if octets:
            mutation(octets, chance)
    return octets


def _rebuilt(datagram: bytes, chance: random.Random) -> bytearray:
    pairs = parse(datagram).attributes
    for mutation in chance.choices(ON_PAIRS, k=chance.randint(1, 3)):
        if pairs:
            mutation(pairs, chance)
    return bytearray(datagram[:HEADER_OCTETS] + attributes(*pairs))


def sealed(datagram: bytes) -> bytes:
    """With the right Message-Authenticator, where there is room for one, and the right digest over accounting."""
    digested = datagram[0] in (Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST)
    at = datagram.find(b"\x50\x12", HEADER_OCTETS) + 2
    if 2 < at <= len(datagram) - 16:
        vector = bytes(16) if digested else datagram[4:HEADER_OCTETS]
        blank = datagram[:4] + vector + datagram[HEADER_OCTETS:at] + bytes(16) + datagram[at + 16 :]
        datagram = datagram[:at] + hmac.digest(SECRET, blank, hashlib.md5) + datagram[at + 16 :]
    if digested:
        blank = datagram[:4] + bytes(16) + datagram[HEADER_OCTETS:] + SECRET
        digest = hashlib.md5(blank, usedforsecurity=False).digest()
        datagram = datagram[:4] + digest + datagram[HEADER_OCTETS:]
    return datagram


def packets(seed: int, count: int, voucher: str) -> Iterator[bytes]:
    """So many mutated packets, always the same ones for a seed and a voucher."""
    chance = random.Random(seed)
    originals = [*caught(), *real(voucher) * 3]
    for _ in range(count):
        yield mutated(chance.choice(originals), chance)
