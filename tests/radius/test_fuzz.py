"""Packets mutated from real ones: by the parser as it is, and over the wire to a running server."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
from random import Random
from typing import cast

import pytest

from radius.attributes import called_station, device
from radius.coa_client import Answer, CoaClient
from radius.numbers import Attribute, Code
from radius.printing import describe
from radius.shared_secret import SharedSecret
from radius.wire import Malformed, attribute, join, parse
from tests.radius import fuzz
from tests.radius.gateway import Gateway, attributes, login, number, report
from tests.radius.noise import Noise, heard
from tests.radius.running import SECRET, House, Worker

ON_THE_WIRE = 200_000
AT_ONCE = 250
"""As many as the socket of a server holds for sure."""
IN_PROCESS = 30_000
SEED = 20_241_121


def test_whatever_is_mutated_is_read_whole_or_malformed() -> None:
    """And what is read can be asked for anything and printed."""
    secret = SharedSecret(SECRET)
    read = 0
    for datagram in fuzz.packets(SEED + 1, IN_PROCESS, "ABCDEFGHJKLM"):
        try:
            packet = parse(datagram)
        except Malformed:
            continue
        read += 1
        assert join(packet.attributes) == packet.raw[20:]
        assert describe(packet)
        secret.verify_signature(packet)
        secret.verify_digest(packet)
        device(packet)
        called_station(packet)
    assert IN_PROCESS / 10 < read < IN_PROCESS


def test_two_hundred_thousand_mutated_packets_leave_the_server_answering(
    sqlite_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    code = sqlite_house.voucher()
    with Noise(sqlite_house) as noise, Gateway() as gateway, caplog.at_level(logging.ERROR):
        worker = Worker(sqlite_house)
        try:
            before = heard(worker)
            mutated = fuzz.packets(SEED, ON_THE_WIRE, code)
            ports = itertools.cycle((worker.auth_port, worker.acct_port))
            while batch := list(itertools.islice(mutated, AT_ONCE)):
                noise.throw(batch, next(ports))
                noise.is_answered(worker)
            came = {what: count - before[what] for what, count in heard(worker).items()}
            assert gateway.ask(worker.auth_port, login(code, code)).code == Code.ACCESS_ACCEPT
            assert gateway.ask(worker.acct_port, report(1, "after")).code == Code.ACCOUNTING_RESPONSE
        finally:
            worker.stop()
    assert came.pop("error") == 0
    assert came.pop("over_rate") == 0, "nobody of them was held back"
    assert sum(came.values()) > ON_THE_WIRE * 0.99, "next to nothing got lost on the way"
    assert came["refused"] > ON_THE_WIRE / 50, "logins that were taken apart to the end"
    assert came["answered"] > ON_THE_WIRE / 50, "reports that were written down"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


class Noisy(asyncio.DatagramProtocol):
    """A gateway that says a hundred mutilated answers before the right one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        body = attributes((Attribute.ERROR_CAUSE, number(201)))
        head = bytes((Code.DISCONNECT_ACK, data[1], 0, 20 + len(body)))
        right = head + hashlib.md5(head + data[4:20] + body + SECRET, usedforsecurity=False).digest() + body
        chance = Random(SEED)
        for _ in range(100):
            self.transport.sendto(fuzz.mutated(right, chance), addr)
        self.transport.sendto(right, addr)


def test_mutilated_answers_to_a_disconnect_are_read_over() -> None:
    async def ask() -> Answer:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Noisy, local_addr=("127.0.0.1", 0))
        client = CoaClient()
        try:
            port = transport.get_extra_info("sockname")[1]
            names = [attribute(Attribute.ACCT_SESSION_ID, "s1")]
            return await client.ask("127.0.0.1", port, SharedSecret(SECRET), Code.DISCONNECT_REQUEST, names)
        finally:
            client.close()
            transport.close()

    assert asyncio.run(ask()).code is Code.DISCONNECT_ACK
