"""Asking gateways by RFC 5176: one socket for all of them, requests sent again until an answer comes."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from radius import attributes
from radius.datagrams import Datagram
from radius.door import Door
from radius.log_once import LogOnce
from radius.numbers import Attribute, Code
from radius.port import Show
from radius.receiving import Address
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue, Malformed, Packet, parse

WAIT_SECONDS: Final = (1.0, 2.0, 4.0)
"""How long each attempt waits for its answer."""

_IDENTIFIERS: Final = 256

_Question = tuple[str, int, int]
"""IP address and port that were asked, and the identifier."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway answered: ``code`` is None where it said nothing; ``error_cause`` as in a NAK."""

    code: Code | None
    attempts: int
    error_cause: int | None = None
    round_trip_ms: float | None = None


@dataclass(slots=True)
class _Open:
    """A question that is being asked."""

    secret: SharedSecret
    code: Code
    authenticator: bytes
    answered: asyncio.Future[Packet]


class CoaClient:
    """Sends requests from ports of its own (IPv4 and IPv6) and pairs the answers with them."""

    def __init__(self, waits: Sequence[float] = WAIT_SECONDS, show: Show | None = None) -> None:
        self._waits = waits
        self._show = show
        self._open: dict[_Question, _Open] = {}
        self._next = itertools.cycle(range(_IDENTIFIERS))
        self._doors: dict[int, Door] = {}
        self._warnings = LogOnce(logging.getLogger(__name__))

    async def ask(
        self,
        host: str,
        port: int,
        secret: SharedSecret,
        code: Code,
        values: Sequence[AttributeValue],
        *,
        sign: bool = True,
    ) -> Answer:
        """Ask one gateway; the same bytes again after 1 s and after 3 s, given up after 7 s.

        Raises:
            TooLong: The attributes do not fit into a packet.
            BlockingIOError: 256 requests to this gateway are under way.
        """
        question = self._free_question(host, port)
        request = secret.request(code, question[2], values, sign=sign)
        loop = asyncio.get_running_loop()
        waiting = self._open[question] = _Open(secret, code, request[4:20], loop.create_future())
        door = self._door(host)
        try:
            for attempt, wait in enumerate(self._waits, start=1):
                sent_at = loop.time()
                if self._show is not None:
                    self._show.sent((host, port), request)
                door.send(request, (host, port))
                done, _ = await asyncio.wait([waiting.answered], timeout=wait)
                if done:
                    return answer_of(waiting.answered.result(), attempt, (loop.time() - sent_at) * 1000)
        finally:
            del self._open[question]
        return Answer(None, len(self._waits))

    def close(self) -> None:
        """Close the sockets."""
        for door in self._doors.values():
            door.shut()
            door.close()

    def _free_question(self, host: str, port: int) -> _Question:
        for identifier in itertools.islice(self._next, _IDENTIFIERS):
            if (host, port, identifier) not in self._open:
                return host, port, identifier
        raise BlockingIOError(f"{_IDENTIFIERS} requests to {host} are under way")

    def _door(self, host: str) -> Door:
        version = ip_address(host).version
        if version not in self._doors:
            family, any_address = (socket.AF_INET, "0.0.0.0") if version == 4 else (socket.AF_INET6, "::")  # noqa: S104 - the route decides
            bound = socket.socket(family, socket.SOCK_DGRAM)
            bound.bind((any_address, 0))
            self._doors[version] = Door(bound)
            self._doors[version].open(self._received)
        return self._doors[version]

    def _received(self, datagrams: Sequence[Datagram]) -> None:
        for datagram, address in datagrams:
            if self._show is not None:
                self._show.received(address, datagram)
            self._take(datagram, address)

    def _take(self, datagram: bytes, address: Address) -> None:
        try:
            reply = parse(datagram)
        except Malformed as flaw:
            self._warn(address, "an answer from %s is malformed: %s", address[0], flaw)
            return
        waiting = self._open.get((address[0], address[1], reply.identifier))
        if waiting is None or waiting.answered.done():
            return  # an answer that came too late, or twice
        if reply.code not in (waiting.code + 1, waiting.code + 2):
            return
        if not waiting.secret.verify_reply(reply, waiting.code, waiting.authenticator):
            self._warn(address, "an answer from %s is signed with another secret", address[0])
            return
        waiting.answered.set_result(reply)

    def _warn(self, address: Address, message: str, *arguments: object) -> None:
        self._warnings.warn(address[0], asyncio.get_running_loop().time(), message, *arguments)


def answer_of(reply: Packet, attempts: int, round_trip_ms: float) -> Answer:
    """What a reply says."""
    try:
        cause = attributes.integer(reply, Attribute.ERROR_CAUSE)
    except Malformed:
        cause = None
    return Answer(Code(reply.code), attempts, cause, round_trip_ms)
