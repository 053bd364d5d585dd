"""A small RADIUS server on pyrad, for tests of the simulated gateway: it answers as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pyrad.packet import (
    AccessAccept,
    AccessReject,
    AccessRequest,
    AccountingRequest,
    AcctPacket,
    AuthPacket,
    Packet,
)

from monitoring.synthetic.packets import dictionary

Manner = Callable[["Responder", Packet], list[bytes]]


class Responder(asyncio.DatagramProtocol):
    """``manner`` turns each request into the datagrams that are sent back; ``received`` keeps all that came."""

    def __init__(self, secret: bytes, manner: Manner) -> None:
        self.secret = secret
        self.manner = manner
        self.received: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    async def open(self) -> tuple[str, int]:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        host, port = self.transport.get_extra_info("sockname")
        return host, port

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        assert self.transport is not None
        self.received.append(data)
        kind = AcctPacket if data[0] == AccountingRequest else AuthPacket
        for answer in self.manner(self, kind(secret=self.secret, dict=dictionary(), packet=data)):
            self.transport.sendto(answer, sender)


def accept(responder: Responder, request: Packet) -> list[bytes]:
    """Let everybody in, count everything; Message-Authenticator first, as it should be."""
    reply = request.CreateReply()
    if request.code == AccessRequest:
        reply.code = AccessAccept
        reply.add_message_authenticator()
        reply["Session-Timeout"] = 60
    return [reply.ReplyPacket()]


def reject(responder: Responder, request: Packet) -> list[bytes]:
    reply = request.CreateReply()
    reply.code = AccessReject
    reply.add_message_authenticator()
    reply["Reply-Message"] = ["Limit dzienny", "wyczerpany."]
    return [reply.ReplyPacket()]


def unsigned(responder: Responder, request: Packet) -> list[bytes]:
    """As a server answers that was never mended against CVE-2024-3596."""
    return [request.CreateReply(message_authenticator=False).ReplyPacket()]


def signed_last(responder: Responder, request: Packet) -> list[bytes]:
    reply = request.CreateReply()
    reply["Session-Timeout"] = 60
    reply.message_authenticator = True
    reply._set_message_authenticator(bytes(16))
    reply.move_to_end(80)
    return [reply.ReplyPacket()]


def forged(responder: Responder, request: Packet) -> list[bytes]:
    """Somebody who does not know the secret, then the server itself."""
    stranger = AuthPacket(secret=b"guessed", dict=dictionary(), id=request.id, authenticator=request.authenticator)
    return [*accept(responder, stranger), *accept(responder, request)]


def silent(responder: Responder, request: Packet) -> list[bytes]:
    return []


def second_time(responder: Responder, request: Packet) -> list[bytes]:
    """The first of two equal requests gets lost."""
    return accept(responder, request) if responder.received.count(request.raw_packet) > 1 else []


def garbage(responder: Responder, request: Packet) -> list[bytes]:
    return [b"\x02", bytes((2, request.id)) + b"\xff\xff" + bytes(30), *accept(responder, request)]
