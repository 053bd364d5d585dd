"""Disconnect and CoA down the connection that the access point opened (draft-ietf-radext-reverse-coa).

Who is behind NAT can be reached in no other way. A peer that never answers there (a proxy that hands on requests in
one direction only) is asked by UDP, where its address is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radius.callers import Caller, Callers
from radius.coa_client import Answer, CoaClient, answer_of
from radius.numbers import Code
from radius.port import Show
from radius.radsec.connection import Connection
from radius.radsec.connections import Connections
from radius.radsec.metrics import Ending
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue, Malformed, Packet, parse

WAIT_SECONDS: Final = 5.0
"""TLS repeats what is lost by itself, so there is one attempt."""


@dataclass(slots=True)
class _Open:
    """A question that is being asked on a connection."""

    code: Code
    authenticator: bytes
    answered: asyncio.Future[Packet]


class Asking:
    """Asks an access point on its connection; one without a connection, or deaf on it, by UDP.

    ``show`` is told of each packet on a connection.
    """

    def __init__(
        self, connections: Connections, callers: Callers, udp: CoaClient, show: Show | None = None
    ) -> None:
        self._connections = connections
        self._callers = callers
        self._udp = udp
        self._show = show
        self._open: dict[tuple[Connection, int], _Open] = {}
        self._deaf: set[Connection] = set()
        self._number = 0

    def reach(self, access_point_id: int) -> tuple[Caller, str] | None:
        """The access point and its number, where it has a connection here (:class:`radius.disconnecting.Reach`)."""
        connection = self._connections.of(access_point_id)
        return None if connection is None else (connection.caller, str(access_point_id))

    async def ask(
        self,
        host: str,
        port: int,
        secret: SharedSecret,  # noqa: ARG002 - a connection has its own
        code: Code,
        values: Sequence[AttributeValue],
        *,
        sign: bool = True,
    ) -> Answer:
        """What the access point answers; ``host`` is its number, ``port`` where it listens for UDP.

        Raises:
            TooLong: The attributes do not fit into a packet.
            BlockingIOError: As many requests as can be told apart are under way to it.
        """
        connection = self._connections.of(int(host))
        if connection is not None and connection not in self._deaf:
            answer = await self._ask(connection, code, values, sign=sign)
            if answer.code is not None:
                return answer
            if connection.is_open:
                self._deaf = {each for each in self._deaf if each.is_open} | {connection}
        reach = self._callers.reach(int(host))
        if reach is None:
            return Answer(None, 1)
        caller, address = reach
        return await self._udp.ask(address, port, caller.secret, code, values, sign=sign)

    def heard(self, connection: Connection, octets: bytes) -> None:
        """An answer arrived; what belongs to no question is let be, what is forged ends the connection."""
        if self._show is not None:
            self._show.received(connection.address, octets)
        try:
            reply = parse(octets)
        except Malformed:
            connection.end(Ending.MALFORMED)
            return
        waiting = self._open.get((connection, connection.version.number_of(octets)))
        if waiting is None or waiting.answered.done() or reply.code not in (waiting.code + 1, waiting.code + 2):
            return
        if not connection.version.secret.verify_reply(reply, waiting.code, waiting.authenticator):
            connection.end(Ending.BAD_SIGNATURE)
            return
        waiting.answered.set_result(reply)

    def close(self) -> None:
        """Ask nobody any more."""
        self._udp.close()

    async def _ask(
        self, connection: Connection, code: Code, values: Sequence[AttributeValue], *, sign: bool
    ) -> Answer:
        loop = asyncio.get_running_loop()
        number = self._free_number(connection)
        request = connection.version.secret.request(code, number, values, sign=sign)
        waiting = self._open[connection, number] = _Open(code, request[4:20], loop.create_future())
        began = loop.time()
        if self._show is not None:
            self._show.sent(connection.address, request)
        try:
            connection.send(request)
            await asyncio.wait([waiting.answered], timeout=WAIT_SECONDS)
        finally:
            del self._open[connection, number]
        if not waiting.answered.done():
            return Answer(None, 1)
        return answer_of(waiting.answered.result(), 1, (loop.time() - began) * 1000)

    def _free_number(self, connection: Connection) -> int:
        for _ in range(len(self._open) + 1):
            self._number += 1
            number = self._number % connection.version.numbers
            if (connection, number) not in self._open:
                return number
        raise BlockingIOError(f"{len(self._open)} requests are under way")
