"""What packets show of an access point is written down beside it, and only when it is new."""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from hotspots.access_points.sightings import Sighting
from hotspots.models import AccessPointState, Change
from radius.observing import LOOK_EVERY_SECONDS, TELL_EVERY_SECONDS, Observing
from radius.receiving import Request
from radius.wire import parse
from tests.radius.gateway import Gateway, access_request, accounting_request, login, number, report
from tests.radius.running import House, Worker, eventually

NOON = 1_800_000_000.0


@dataclass
class Watched:
    """An observer with a clock that is moved by hand, and what it told."""

    now: float = 1000.0
    told: list[Sighting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._observing = Observing("udp", self.told.extend, lambda: self.now, lambda: NOON)

    def look(self, datagram: bytes, access_point: int = 1) -> list[Sighting]:
        """What it says of this packet."""
        self.told.clear()
        self._observing.look([_request(datagram, access_point)])
        return list(self.told)


def _request(datagram: bytes, access_point: int) -> Request:
    class Called:
        id = access_point

    class CalledBy:
        client = Called

    caller: Any = CalledBy
    return Request(parse(datagram), caller, ("127.0.0.1", 1), (("127.0.0.1", 1), b""), (("127.0.0.1", 1), b""))


SIGNED = access_request((1, b"somebody"))
UNSIGNED = access_request((1, b"somebody"), signed=False)


def timed(event: float, delay: int = 0) -> bytes:
    pairs = ((40, number(1)), (44, b"s1"), (55, struct.pack(">I", int(event))), (41, number(delay)))
    return accounting_request(*pairs)


def test_the_first_packet_tells_how_it_speaks() -> None:
    assert Watched().look(SIGNED) == [Sighting(1, transport="udp")]


def test_no_more_is_looked_at_within_a_minute_nor_told_while_nothing_is_new() -> None:
    watched = Watched()
    watched.look(SIGNED)
    assert watched.look(UNSIGNED) == [], "that comes to light with the next look"
    watched.now += LOOK_EVERY_SECONDS
    assert watched.look(SIGNED) == []
    watched.now += LOOK_EVERY_SECONDS
    assert watched.look(UNSIGNED) == [Sighting(1, unsigned=True, transport="udp")]
    watched.now += LOOK_EVERY_SECONDS
    assert watched.look(UNSIGNED) == []
    watched.now += TELL_EVERY_SECONDS
    assert watched.look(UNSIGNED) == [Sighting(1, unsigned=True, transport="udp")]


def test_each_access_point_is_looked_at() -> None:
    watched = Watched()
    assert [watched.look(SIGNED, each)[0].access_point_id for each in (1, 2)] == [1, 2]


@pytest.mark.parametrize(("event", "delay", "skew"), [(NOON + 90, 0, 90.0), (NOON - 30, 25, -5.0)])
def test_how_far_its_clock_is_ahead(event: float, delay: int, skew: float) -> None:
    assert Watched().look(timed(event, delay))[0].clock_skew_seconds == skew


def test_a_clock_is_told_again_when_it_goes_otherwise() -> None:
    watched = Watched()
    watched.look(timed(NOON))
    for off, told in ((5, []), (11, [11.0]), (15, [])):
        watched.now += LOOK_EVERY_SECONDS
        assert [each.clock_skew_seconds for each in watched.look(timed(NOON + off))] == told


def test_a_worker_writes_it_down_and_has_nobody_read_the_inventory_again(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_access_point(message_authenticator="optional")
    worker.catch_up()
    before = notices(house)
    gateway.ask(worker.auth_port, login("nobody", "nothing", signed=False))
    event = struct.pack(">I", int(time.time()) - 100)
    gateway.ask(worker.acct_port, report(1, "s1", (1, b"somebody"), (55, event)))

    def state() -> AccessPointState | None:
        with house.database.read() as db:
            found = db.get(AccessPointState, 1)
            return found if found is not None and found.unsigned_at and found.clock_seen_at else None

    seen = eventually(state)
    assert seen is not None
    assert seen.transport == "udp"
    assert seen.clock_skew_seconds == pytest.approx(-100, abs=5)
    assert notices(house) == before


def notices(house: House) -> int:
    with house.database.read() as db:
        return db.query(Change).filter_by(topic="access_points").count()
