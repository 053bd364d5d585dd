"""Noise on the wire from many access points: one alone would be held back for sending too much."""

from __future__ import annotations

import itertools
import socket
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from radius.datagrams import MOST_AT_ONCE, OneByOne
from radius.numbers import Code
from tests.radius.gateway import Gateway, status_server
from tests.radius.running import House, Worker

NETWORK = "127.0.1.0/24"
_SOURCES = 200
_IDENTIFIER = 213


class Noise:
    """Sends to both ports of a worker, many datagrams at once, and asks in between whether it answers."""

    def __init__(self, house: House) -> None:
        """Make all of 127.0.1.0/24 the access point of the house, which need not sign; before its worker starts."""
        house.set_access_point(message_authenticator="optional", address=NETWORK)
        self._stack = ExitStack()
        self._asking = self._stack.enter_context(Gateway())
        self._lines = itertools.cycle([self._line(number) for number in range(_SOURCES)])

    def _line(self, number: int) -> OneByOne:
        bound = self._stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        bound.bind((f"127.0.1.{number + 2}", 0))
        bound.setblocking(False)
        return OneByOne(bound)  # batches have no room for what is longer than a packet may be

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def throw(self, datagrams: list[bytes], port: int) -> None:
        """Send them, from one access point as many as a server reads in one call."""
        for batch in _batches(datagrams):
            line = next(self._lines)
            outgoing = [(datagram, ("127.0.0.1", port)) for datagram in batch]
            while outgoing:
                del outgoing[: line.send(outgoing)]

    def is_answered(self, worker: Worker) -> None:
        """Fail where a good question at either port has no answer."""
        for port, code in (
            (worker.auth_port, Code.ACCESS_ACCEPT),
            (worker.acct_port, Code.ACCOUNTING_RESPONSE),
        ):
            answer = self._asking.ask(port, status_server(identifier=_IDENTIFIER))
            assert (answer.code, answer.identifier) == (code, _IDENTIFIER)


def heard(worker: Worker) -> dict[str, float]:
    """What a worker has read at both ports so far, by what came of it."""
    kinds = ("auth", "acct")
    results = ("accepted", "refused", "answered", "dropped")
    found = {
        result: sum(worker.counted("radius_packets_total", kind=kind, result=result) for kind in kinds)
        for result in results
    }
    found["again"] = sum(worker.counted("radius_duplicates_total", kind=kind) for kind in kinds)
    for reason in ("over_rate", "error"):
        found[reason] = sum(worker.counted("radius_drops_total", kind=kind, reason=reason) for kind in kinds)
    return found


def _batches(datagrams: list[bytes]) -> list[list[bytes]]:
    return [datagrams[at : at + MOST_AT_ONCE] for at in range(0, len(datagrams), MOST_AT_ONCE)]
