"""Requests and their answers over one UDP socket of a gateway: identifiers, retransmission, proof of the sender."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from pyrad.packet import AccessRequest, AcctPacket, AuthPacket, Packet, PacketError

from monitoring.synthetic.tally import Tally

LOST: Final = 0.01
"""The share of answers that get lost on the way: radio and DSL do that, and so retransmission is played too."""

_HEADER_OCTETS: Final = 20
_MESSAGE_AUTHENTICATOR: Final = 80

Endpoint = tuple[str, int]
Request: TypeAlias = AuthPacket | AcctPacket


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a gateway waits for an answer before it asks again, and how often it asks in all."""

    seconds: float
    tries: int


# CoovaChilli's radiusretrysec and radiusretry; RouterOS with the timeout that our configuration gives it.
PATIENCE: Final = {"mikrotik": Patience(3.0, 3)}
DEFAULT_PATIENCE: Final = Patience(2.0, 5)


@dataclass(frozen=True, slots=True)
class _Waiting:
    request: Request
    answer: asyncio.Future[Packet]


class Exchange(asyncio.DatagramProtocol):
    """One socket that asks; up to 256 requests to each server port wait at once, one for each identifier."""

    def __init__(self, patience: Patience, random: Random, tally: Tally) -> None:
        self._patience = patience
        self._random = random
        self._tally = tally
        self._waiting: dict[tuple[int, int], _Waiting] = {}
        self._free: dict[int, deque[int]] = {}
        self._room: dict[int, asyncio.Semaphore] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, address: str) -> None:
        """Bind a free port of this address.

        Raises:
            OSError: The address is none of this machine's.
        """
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            bound.bind((address, 0))
        except OSError:
            bound.close()
            raise
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=bound)

    def close(self) -> None:
        """Give the socket back."""
        if self._transport is not None:
            self._transport.close()

    async def ask(
        self, request: Request, server: Endpoint, what: str, patience: Patience | None = None
    ) -> Packet | None:
        """Send a request until it is answered; the answer is proved to be the server's. None where none came.

        Without a ``patience`` of its own the request gets the gateway's.
        """
        port = server[1]
        room = self._room.setdefault(port, asyncio.Semaphore(256))
        free = self._free.setdefault(port, deque(range(256)))
        async with room:
            request.id = free.popleft()
            try:
                return await self._ask(request, server, what, patience or self._patience)
            finally:
                self._waiting.pop((port, request.id), None)
                free.append(request.id)

    async def _ask(self, request: Request, server: Endpoint, what: str, patience: Patience) -> Packet | None:
        assert self._transport is not None, "open() comes first"  # noqa: S101 - a mistake of the caller
        octets = request.RequestPacket()
        answer: asyncio.Future[Packet] = asyncio.get_running_loop().create_future()
        self._waiting[server[1], request.id] = _Waiting(request, answer)
        self._tally.requests += 1
        for attempt in range(patience.tries):
            self._tally.retransmissions += attempt > 0
            self._transport.sendto(octets, server)
            done, _ = await asyncio.wait([answer], timeout=patience.seconds)
            if done:
                return answer.result()
        self._tally.unanswered[what] += 1
        return None

    def datagram_received(self, data: bytes, sender: Endpoint) -> None:
        """Take an answer, unless it gets lost, comes late, or cannot be proved."""
        waiting = self._waiting.get((sender[1], data[1])) if len(data) >= _HEADER_OCTETS else None
        if waiting is None or waiting.answer.done() or self._random.random() < LOST:
            # A late copy of an answer that was taken already is what retransmission brings with it.
            return
        fault, reply = _prove(waiting.request, data)
        if fault is not None or reply is None:
            self._tally.unexpected[f"an answer {fault}"] += 1
            return
        waiting.answer.set_result(reply)

    def error_received(self, error: Exception) -> None:
        """The server's machine says that nobody listens: the retransmissions will tell."""


def _prove(request: Request, data: bytes) -> tuple[str | None, Packet | None]:
    """What is wrong with an answer, or the answer (RFC 2865 section 3, RFC 3579 section 3.2, CVE-2024-3596)."""
    try:
        reply = request.CreateReply(packet=data)
    except PacketError as error:
        return f"that cannot be read: {error}", None
    if not request.VerifyReply(reply, data, enforce_ma=True):
        return "that does not prove itself: wrong secret, or without Message-Authenticator", None
    if request.code == AccessRequest and data[_HEADER_OCTETS] != _MESSAGE_AUTHENTICATOR:
        return "whose Message-Authenticator is not its first attribute", None
    return None, reply
