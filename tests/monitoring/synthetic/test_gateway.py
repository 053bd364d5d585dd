"""A simulated gateway at its work, against a server that behaves as told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pyrad.packet import AcctPacket

from hotspots.errors import HotspotsError
from monitoring.synthetic import exchange, packets
from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.clock import Clock
from monitoring.synthetic.disconnect import Open
from monitoring.synthetic.gateway import Gateway, Refused, Servers
from monitoring.synthetic.granted import Granted
from monitoring.synthetic.packets import Pap
from monitoring.synthetic.resident import Leaving, Stay
from monitoring.synthetic.stay_online import course
from monitoring.synthetic.tally import Tally
from tests.monitoring.synthetic import responder as manners
from tests.monitoring.synthetic.access_points import an_access_point
from tests.monitoring.synthetic.responder import Manner, Responder

GRANT = Granted(interim_seconds=60, session_seconds=200, classes=(b"ours",))
STAY = Stay(0, 0.0, 3600, 8000, 80_000, Leaving.STAYS_ON)


@pytest.fixture(autouse=True)
def nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LOST", 0.0)


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at_gateway(
    scenario: Callable[[Gateway], Awaitable[Any]], manner: Manner, point: AccessPoint | None = None
) -> tuple[Any, list[bytes], Tally]:
    """What a scenario gives at a gateway that calls a server of this manner, and what that server received."""
    access_point = point or an_access_point(coa_port=free_udp_port())

    async def run() -> tuple[Any, list[bytes], Tally]:
        server, tally = Responder(packets.secret_of(access_point), manner), Tally()
        endpoint = await server.open()
        gateway = Gateway(access_point, Servers(endpoint, endpoint), Random(1), tally)
        try:
            await gateway.open()
            return await scenario(gateway), server.received, tally
        finally:
            gateway.close()
            assert server.transport is not None
            server.transport.close()

    return asyncio.run(run())


def accounting(received: list[bytes]) -> list[AcctPacket]:
    secret = packets.secret_of(an_access_point())
    return [AcctPacket(secret=secret, dict=packets.dictionary(), packet=octets) for octets in received]


def test_an_accept_is_a_grant_and_a_reject_says_why() -> None:
    async def log_in(gateway: Gateway) -> Granted | Refused | None:
        return await gateway.ask(gateway.lease("02:00:00:00:00:01"), Pap("a", b"b"))

    granted, _, _ = at_gateway(log_in, manners.accept)
    refused, _, tally = at_gateway(log_in, manners.reject)

    assert granted == Granted(session_seconds=60)
    assert refused == Refused("Limit dzienny wyczerpany.")
    assert tally.clean


def test_a_session_is_told_from_start_to_stop_in_simulated_time() -> None:
    async def stay(gateway: Gateway) -> None:
        clock = Clock(speed=400)
        clock.start()
        client = gateway.lease("02:00:00:00:00:01")
        await gateway.play(client, "t1abc", GRANT, course(STAY, GRANT), clock, "tap")

    _, received, tally = at_gateway(stay, manners.accept)

    told = accounting(received)
    assert [packet["Acct-Status-Type"][0] for packet in told] == ["Start", *["Interim-Update"] * 3, "Stop"]
    assert all(packet.VerifyAcctRequest() and packet["Class"] == [b"ours"] for packet in told)
    seconds = [packet["Acct-Session-Time"][0] for packet in told[1:]]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 60
    assert seconds[-1] == 200
    stop = told[-1]
    assert stop["Acct-Terminate-Cause"] == ["Session-Timeout"]
    (record,) = tally.sessions
    assert (record.session_seconds, record.octets_up, record.octets_down) == (200, 200_000, 2_000_000)
    assert (stop["Acct-Input-Octets"], stop["Acct-Output-Octets"]) == ([200_000], [2_000_000])
    assert record.acct_session_id == stop["Acct-Session-Id"][0]


def test_a_stop_that_nobody_answered_is_no_session_that_was_counted() -> None:
    async def stay(gateway: Gateway) -> None:
        gateway._exchange._patience = exchange.Patience(0.02, 2)
        clock = Clock(speed=3600)
        clock.start()
        await gateway.play(gateway.lease("02:00:00:00:00:01"), "a", GRANT, course(STAY, GRANT), clock, "tap")

    _, _, tally = at_gateway(stay, manners.silent)

    assert tally.sessions == []
    assert tally.unanswered["Accounting Start"] == tally.unanswered["Accounting Stop"] == 1
    assert not tally.clean


@pytest.mark.parametrize(("ends", "cause"), [("cut", "Admin-Reset"), ("closing time", "User-Request")])
def test_whoever_is_cut_off_or_sent_home_gets_a_stop(ends: str, cause: str) -> None:
    async def stay(gateway: Gateway) -> None:
        clock = Clock(speed=1)
        clock.start()
        client = gateway.lease("02:00:00:00:00:01")
        playing = asyncio.ensure_future(gateway.play(client, "t1abc", GRANT, course(STAY, GRANT), clock, "tap"))
        await asyncio.sleep(0.2)
        assert gateway._open == {client.session_id: Open("t1abc", client)}
        if ends == "cut":
            gateway._cut(client.session_id)
        else:
            clock.close()
        await asyncio.wait_for(playing, 5)
        assert gateway._open == {}

    _, received, tally = at_gateway(stay, manners.accept)

    assert accounting(received)[-1]["Acct-Terminate-Cause"] == [cause]
    assert tally.sessions[0].session_seconds == 0


def test_leases_are_told_apart_and_never_the_gateways_own() -> None:
    async def lease(gateway: Gateway) -> list[str]:
        return [gateway.lease("02:00:00:00:00:01").address for _ in range(600)]

    addresses, _, _ = at_gateway(lease, manners.accept)

    assert len(set(addresses)) == 600
    assert addresses[0] == "10.1.0.2"
    assert all(all(0 <= int(part) <= 255 for part in address.split(".")) for address in addresses)


def test_an_address_of_another_machine_is_named() -> None:
    async def nothing(_: Gateway) -> None: ...

    named = r"gm01-rynek-1 cannot be played here: its address 192\.0\.2\.1.* with --hotspots"
    with pytest.raises(HotspotsError, match=named):
        at_gateway(nothing, manners.accept, an_access_point(address="192.0.2.1"))


def test_a_taken_port_is_named() -> None:
    async def nothing(_: Gateway) -> None: ...

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        point = replace(an_access_point(), coa_port=port)
        with pytest.raises(HotspotsError, match=f"UDP port {port} on 127.0.0.1, where gm01-rynek-1 hears"):
            at_gateway(nothing, manners.accept, point)
