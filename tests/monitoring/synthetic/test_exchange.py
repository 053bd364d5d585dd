"""Requests and answers over a real socket, against a server that behaves as told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random

import pytest
from pyrad.packet import Packet

from monitoring.synthetic import exchange, packets
from monitoring.synthetic.exchange import Exchange, Patience
from monitoring.synthetic.packets import Pap
from monitoring.synthetic.tally import Tally
from tests.monitoring.synthetic import responder as manners
from tests.monitoring.synthetic.access_points import PHONE, an_access_point
from tests.monitoring.synthetic.responder import Manner, Responder

POINT = an_access_point()


@pytest.fixture(autouse=True)
def nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LOST", 0.0)


@dataclass
class Asked:
    answers: list[Packet | None]
    received: list[bytes]
    tally: Tally


def ask(manner: Manner, times: int = 1, seconds: float = 0.05, tries: int = 3) -> Asked:
    async def run() -> Asked:
        server, tally = Responder(packets.secret_of(POINT), manner), Tally()
        endpoint = await server.open()
        asking = Exchange(Patience(seconds, tries), Random(1), tally)
        await asking.open(POINT.address)
        requests = (packets.access_request(POINT, PHONE, Pap("a", b"b")) for _ in range(times))
        answers = await asyncio.gather(*(asking.ask(request, endpoint, "Access-Request") for request in requests))
        asking.close()
        assert server.transport is not None
        server.transport.close()
        return Asked(answers, server.received, tally)

    return asyncio.run(run())


def test_an_answer_is_taken() -> None:
    asked = ask(manners.accept, seconds=5)

    (answer,) = asked.answers
    assert answer is not None
    assert answer["Session-Timeout"] == [60]
    assert (asked.tally.requests, asked.tally.retransmissions, asked.tally.clean) == (1, 0, True)


def test_more_requests_than_identifiers_wait_for_their_turn() -> None:
    asked = ask(manners.accept, times=600, seconds=5)

    assert None not in asked.answers
    assert len(asked.received) == len(set(asked.received)) == 600


def test_a_retransmission_is_the_same_octets() -> None:
    asked = ask(manners.second_time)

    assert asked.answers != [None]
    assert asked.received == [asked.received[0]] * 2
    assert (asked.tally.retransmissions, asked.tally.clean) == (1, True)


def test_silence_is_counted_when_patience_is_over() -> None:
    asked = ask(manners.silent)

    assert asked.answers == [None]
    assert len(asked.received) == 3
    assert (asked.tally.unanswered, asked.tally.clean) == ({"Access-Request": 1}, False)


@pytest.mark.parametrize(
    ("manner", "complaint", "answered"),
    [
        (manners.unsigned, "that does not prove itself", False),
        (manners.signed_last, "whose Message-Authenticator is not its first attribute", False),
        (manners.forged, "that does not prove itself", True),
        (manners.garbage, "that cannot be read", True),
    ],
)
def test_an_answer_that_is_not_proved_is_told_and_not_taken(manner: Manner, complaint: str, answered: bool) -> None:
    asked = ask(manner)

    assert (asked.answers != [None]) == answered
    assert any(complaint in what for what in asked.tally.unexpected)


def test_answers_that_get_lost_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LOST", 0.3)

    asked = ask(manners.accept, times=100, seconds=0.2, tries=20)

    assert None not in asked.answers
    assert asked.tally.retransmissions == len(asked.received) - 100 > 10
    assert asked.tally.clean
