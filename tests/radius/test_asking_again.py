"""A device's address at two places at once: the second one is asked, and one tap is enough. A worker decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots.models import DeviceGrant, Hotspot, Kiosk, LoginDecision
from radius import attributes
from radius.numbers import Attribute, Code
from radius.wire import Packet
from tests.radius.gateway import Gateway, access_request, login, report
from tests.radius.running import PHONE, House, Worker, eventually

FAR, NEAR = "127.0.1.2", "127.0.1.3"
BY_ADDRESS = ((1, PHONE.encode()), (31, PHONE.encode()))
START, STOP = 1, 2


@pytest.fixture
def far(house: House, worker: Worker) -> Iterator[Gateway]:
    """A gateway in Lublin, 20 km away."""
    yield from _another(house, worker, "lublin-starostwo", FAR, latitude=51.2474, longitude=22.5482)


@pytest.fixture
def near(house: House, worker: Worker) -> Iterator[Gateway]:
    """A gateway on the market square, across the street."""
    yield from _another(house, worker, "belzyce-rynek", NEAR, latitude=51.1741, longitude=22.28)


def _another(house: House, worker: Worker, slug: str, address: str, **where: float) -> Iterator[Gateway]:
    house.set_plan(remember_seconds=30 * 86_400)
    with house.database.write() as db:
        first = db.get_one(Hotspot, 1)
        place = Hotspot(
            slug=slug, name=slug, authority=first.authority, plan=first.plan, place_kind="office", address="Rynek 1",
            declared_range_m=100, ssid="Powiat", **where,
        )  # fmt: skip
        db.add(place)
        db.flush()
        number = place.id
    house.add_access_point(f"{slug}-1", address, hotspot_id=number)
    worker.catch_up()
    with Gateway(address) as gateway:
        yield gateway


def said(answer: Packet) -> str | None:
    return attributes.text(answer, Attribute.REPLY_MESSAGE)


def tap(house: House, worker: Worker, gateway: Gateway, access_point_id: int = 1) -> bytes:
    """What the page's tap comes to at the gateway; gives the Class of the session."""
    ticket = house.ticket(access_point_id=access_point_id)
    answer = gateway.ask(worker.auth_port, login(ticket.user_name, ticket.password))
    assert answer.code == Code.ACCESS_ACCEPT, said(answer)
    named = attributes.octets(answer, Attribute.CLASS)
    assert named is not None
    return named


def asked_longer_ago(house: House, worker: Worker, how_long: timedelta) -> None:
    """As if the device had been asked so long ago; the recorder has written the grant before."""

    def grant() -> bool:
        with house.database.write() as db:
            row = db.get(DeviceGrant, PHONE)
            if row is not None:
                row.granted_at = datetime.now(UTC) - how_long
            return row is not None

    eventually(grant)
    worker.catch_up()


def by_address(worker: Worker, gateway: Gateway) -> Packet:
    return gateway.ask(worker.auth_port, access_request(*BY_ADDRESS))


def decisions(house: House, reason: str) -> list[LoginDecision]:
    with house.database.read() as db:
        return list(
            db.scalars(select(LoginDecision).where(LoginDecision.reason == reason).order_by(LoginDecision.id))
        )


def test_the_address_of_a_kiosk_lets_in_at_its_own_hotspot_only(
    house: House, worker: Worker, gateway: Gateway, far: Gateway
) -> None:
    with house.database.write() as db:
        db.add(Kiosk(slug="k1", name="Infomat", hotspot_id=1, plan_id=1, device=PHONE))
    worker.catch_up()
    assert by_address(worker, gateway).code == Code.ACCESS_ACCEPT
    elsewhere = by_address(worker, far)
    assert (elsewhere.code, said(elsewhere)) == (Code.ACCESS_REJECT, "device_not_remembered")


def test_who_is_online_in_one_place_is_asked_in_another_until_the_tap(
    house: House, worker: Worker, gateway: Gateway, far: Gateway
) -> None:
    # given a device that was asked an hour ago, and is online
    session = tap(house, worker, gateway)
    asked_longer_ago(house, worker, timedelta(hours=1))
    assert by_address(worker, far).code == Code.ACCESS_ACCEPT, "nothing is known of it elsewhere"
    gateway.ask(worker.acct_port, report(START, "s1", (25, session)))

    # when its address shows up far away, it is asked, and where it is it gets in as ever
    eventually(lambda: said(by_address(worker, far)) == "asked_again_moved")
    assert by_address(worker, gateway).code == Code.ACCESS_ACCEPT

    # then one tap lets it in there, and its address alone from then on
    tap(house, worker, far, access_point_id=2)
    assert by_address(worker, far).code == Code.ACCESS_ACCEPT
    # and now it is the first place that asks
    assert said(by_address(worker, gateway)) == "asked_again_moved"
    written = eventually(lambda: decisions(house, "asked_again_moved"))
    way = next(check for check in written[0].checks if check["rule"] == "way")
    assert (way["limit"], way["left"], written[0].method) == (1000, 0, "device")
    assert 19_000 < way["used"] < 22_000


def test_who_left_a_moment_ago_is_asked_far_away(
    house: House, worker: Worker, gateway: Gateway, far: Gateway
) -> None:
    session = tap(house, worker, gateway)
    asked_longer_ago(house, worker, timedelta(hours=1))
    for status in (START, STOP):
        gateway.ask(worker.acct_port, report(status, "s1", (25, session)))
    eventually(lambda: said(by_address(worker, far)) == "asked_again_moved")
    # a worker that has just been started knows it, too
    fresh = Worker(house)
    try:
        assert said(by_address(fresh, far)) == "asked_again_moved"
    finally:
        fresh.stop()


def test_who_goes_across_the_square_is_never_asked(
    house: House, worker: Worker, gateway: Gateway, near: Gateway, far: Gateway
) -> None:
    session = tap(house, worker, gateway)
    gateway.ask(worker.acct_port, report(START, "s1", (25, session)))
    asked_longer_ago(house, worker, timedelta(hours=1))
    eventually(lambda: said(by_address(worker, far)) == "asked_again_moved", 60)
    assert by_address(worker, near).code == Code.ACCESS_ACCEPT


def test_a_voucher_and_a_ticket_are_not_held_back_by_where_the_device_was(
    house: House, worker: Worker, gateway: Gateway, far: Gateway
) -> None:
    session = tap(house, worker, gateway)
    gateway.ask(worker.acct_port, report(START, "s1", (25, session)))
    code = house.voucher()
    assert far.ask(worker.auth_port, login(code, code)).code == Code.ACCESS_ACCEPT
    tap(house, worker, far, access_point_id=2)


def test_a_random_address_is_asked_again_after_a_fortnight_and_a_tap_renews_it(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_plan(remember_seconds=30 * 86_400)
    worker.catch_up()
    tap(house, worker, gateway)
    asked_longer_ago(house, worker, timedelta(days=15))
    assert said(by_address(worker, gateway)) == "asked_again_random"
    # a longer time is the authority's to decide
    house.set_plan(remember_random_seconds=20 * 86_400)
    worker.catch_up()
    assert by_address(worker, gateway).code == Code.ACCESS_ACCEPT
    house.set_plan(remember_random_seconds=86_400)
    worker.catch_up()
    assert said(by_address(worker, gateway)) == "asked_again_random"
    tap(house, worker, gateway)
    assert by_address(worker, gateway).code == Code.ACCESS_ACCEPT
    (check,) = eventually(lambda: decisions(house, "asked_again_random"))[-1].checks
    assert (check["rule"], check["left"]) == ("random_address", 0)
