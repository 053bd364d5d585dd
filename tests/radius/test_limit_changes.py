"""A plan is changed while somebody is online under it: by CoA where the make can, else by a Disconnect."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import ServicePlan, Session, SessionCommand, VoucherBatch
from tests.radius.fake_nas import COA, DISCONNECT, FakeNas, Heard, acks, like_coovachilli, naks
from tests.radius.gateway import Gateway, login, number, report
from tests.radius.peers.program import Program
from tests.radius.peers.test_freeradius_coa import a_nas
from tests.radius.running import House, Worker, eventually

START, INTERIM = 1, 3
NAMES = ((1, b"somebody"), (8, bytes((10, 1, 0, 7))))
VENDOR = 26


def like_uspot(heard: Heard) -> bytes:
    """Refuses what it does not know, whatever is a vendor's among it, without saying why."""
    return bytes((41 if set(heard) <= {1, 4, 8, 27, 28, 30, 31, 32, 44, 85, 89} else 42,))


def commands(house: House) -> list[SessionCommand]:
    with house.database.read() as db:
        return list(db.scalars(select(SessionCommand).order_by(SessionCommand.id)))


def outcome(house: House, count: int = 1) -> list[tuple[str, str]]:
    """Kind and state of the commands, once there are so many and none waits."""

    def settled() -> list[tuple[str, str]]:
        found = commands(house)
        done = len(found) == count and all(each.state != "asked" for each in found)
        return [(each.kind, each.state) for each in found] if done else []

    return eventually(settled)


def limits(house: House) -> tuple[int | None, int | None]:
    with house.database.read() as db:
        session = db.scalars(select(Session)).one()
        return session.limit_seconds, session.limit_octets


def come_online(house: House, worker: Worker, gateway: Gateway, port: int, kind: str) -> str:
    """Somebody with a voucher is online and has used 300 of its octets; returns its code."""
    house.set_access_point(coa_port=port, gateway=kind)
    code = house.voucher(total_octets=5000)
    worker.catch_up()
    granted = dict(gateway.ask(worker.auth_port, login(code, code)).attributes)[25]
    gateway.ask(worker.acct_port, report(START, "s1", *NAMES, (25, granted)))
    gateway.ask(worker.acct_port, report(INTERIM, "s1", *NAMES, (25, granted), (42, number(300)), identifier=2))
    return code


@pytest.fixture
def nas() -> Iterator[FakeNas]:
    with FakeNas(acks) as nas:
        yield nas


def vendor(heard: list[Heard], number: int) -> list[bytes]:
    """The values of the last sub-attribute of a vendor's in each request (the fake keeps one of each number)."""
    return [each[VENDOR][6:] for each in heard if struct.unpack(">I", each[VENDOR][:4]) == (number,)]


def test_coovachilli_is_told_all_limits(house: House, worker: Worker, gateway: Gateway, nas: FakeNas) -> None:
    nas.manner = like_coovachilli
    come_online(house, worker, gateway, nas.port, "coovachilli")
    house.set_plan(session_seconds=7200, idle_seconds=600, rate_down_bps=2_000_000)
    assert outcome(house) == [("change", "acked")]
    assert nas.codes == [COA]
    (heard,) = nas.heard
    assert set(heard) == {1, 44, 80, 27, 28, 85, VENDOR}, "with the quota, which a CoA without it would lift"
    assert struct.unpack(">I", heard[27])[0] == pytest.approx(7200, abs=5)
    assert vendor(nas.heard, 14559)[-1] == number(0), "gigawords of the quota stand last"
    seconds, octets = limits(house)
    assert seconds == pytest.approx(7200, abs=5)
    assert octets == 5000
    (command,) = commands(house)
    assert (command.cause, command.attempts, command.error_cause) == ("rates_changed", 1, None)
    assert command.round_trip_ms is not None


def test_mikrotik_is_told_rate_and_times(house: House, worker: Worker, gateway: Gateway, nas: FakeNas) -> None:
    come_online(house, worker, gateway, nas.port, "mikrotik")
    house.set_plan(rate_down_bps=2_000_000)
    assert outcome(house) == [("change", "acked")]
    assert set(nas.heard[0]) == {1, 8, 44, 80, 27, VENDOR}
    assert vendor(nas.heard, 14988) == [b"0/2M"], "and no address list, which a CoA does not change there"


@pytest.mark.parametrize(
    ("gateway_kind", "carried_out"),
    [
        ("mikrotik", [("change", "replaced"), ("disconnect", "acked")]),
        ("coovachilli", [("change", "acked")]),
    ],
)
def test_another_plan_ends_the_session_where_the_gateway_was_told_its_name(
    house: House,
    worker: Worker,
    gateway: Gateway,
    nas: FakeNas,
    gateway_kind: str,
    carried_out: list[tuple[str, str]],
) -> None:
    come_online(house, worker, gateway, nas.port, gateway_kind)
    with house.database.write() as db:
        other = ServicePlan(slug="other", name="Other", session_seconds=3600, interim_seconds=300)
        db.scalars(select(VoucherBatch)).one().plan = other
    assert outcome(house, len(carried_out)) == carried_out
    assert nas.codes == [DISCONNECT if gateway_kind == "mikrotik" else COA]


def test_uspot_is_told_times_and_disconnected_for_a_rate(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    nas.manner = like_uspot
    come_online(house, worker, gateway, nas.port, "uspot")
    house.set_plan(session_seconds=7200)
    assert outcome(house) == [("change", "acked")]
    assert set(nas.heard[0]) == {44, 27, 85}
    house.set_plan(rate_down_bps=2_000_000)
    assert outcome(house, 3)[1:] == [("change", "replaced"), ("disconnect", "acked")]
    assert nas.codes == [COA, DISCONNECT]


def test_a_make_without_changes_is_disconnected(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    come_online(house, worker, gateway, nas.port, "unifi")
    house.set_plan(session_seconds=7200)
    assert outcome(house, 2) == [("change", "replaced"), ("disconnect", "acked")]
    assert nas.codes == [DISCONNECT]


def test_a_change_that_is_refused_becomes_a_disconnect(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    nas.manner = lambda heard: naks(401)(heard) if 27 in heard else acks(heard)
    come_online(house, worker, gateway, nas.port, "wispr")
    house.set_plan(session_seconds=7200)
    assert outcome(house, 2) == [("change", "nacked"), ("disconnect", "acked")]
    assert [each.error_cause for each in commands(house)] == [401, None]


def test_a_session_that_the_gateway_does_not_know_is_over(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    nas.manner = naks(503)
    come_online(house, worker, gateway, nas.port, "coovachilli")
    house.set_plan(session_seconds=7200)
    assert outcome(house) == [("change", "nacked")]
    with house.database.read() as db:
        assert db.scalars(select(Session)).one().terminate_cause == "Lost"


def test_more_for_a_voucher_is_given_to_who_is_online_with_it(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    come_online(house, worker, gateway, nas.port, "coovachilli")
    assert limits(house)[1] == 5000
    with house.database.write() as db:
        db.scalars(select(VoucherBatch)).one().total_octets = 9000
    assert outcome(house) == [("change", "acked")]
    assert limits(house)[1] == 9000


def test_who_has_used_more_than_the_new_limit_is_disconnected(
    house: House, worker: Worker, gateway: Gateway, nas: FakeNas
) -> None:
    come_online(house, worker, gateway, nas.port, "coovachilli")
    house.set_plan(daily_octets=300)
    assert outcome(house, 2) == [("change", "replaced"), ("disconnect", "acked")]


def test_freeradius_as_the_gateway_takes_a_change(
    house: House, worker: Worker, gateway: Gateway, tmp_path: Path
) -> None:
    server: Program
    with a_nas(tmp_path) as (server, port):
        come_online(house, worker, gateway, port, "wispr")
        house.set_plan(session_seconds=7200, rate_down_bps=2_000_000)
        assert outcome(house) == [("change", "acked")]
        log = server.wait_for("Sent CoA-ACK")
    for line in ("Received CoA-Request", 'Acct-Session-Id = "s1"', "WISPr-Bandwidth-Max-Down = 2000000"):
        assert line in log
    assert "Session-Timeout = 7" in log
