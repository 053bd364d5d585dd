"""Disconnect-Requests to a simulated gateway (RFC 5176), answered the way each make answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyrad.packet import CoAPacket, DisconnectACK, DisconnectNAK, DisconnectRequest, PacketError

from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.packets import Client, dictionary, secret_of
from monitoring.synthetic.tally import Tally

SESSION_NOT_FOUND: Final = 503
MISSING_ATTRIBUTE: Final = 402
_MESSAGE_AUTHENTICATOR: Final = 80
_MOST_REMEMBERED: Final = 100


@dataclass(frozen=True, slots=True)
class Open:
    """An open session as a Disconnect may name it."""

    user_name: str
    client: Client


@dataclass(frozen=True, slots=True)
class Verdict:
    """The code of the answer (None is silence), its Error-Cause where the make sends one, and whom it ends."""

    code: int | None
    error_cause: int | None = None
    session_id: str | None = None


def judge(gateway: str, request: CoAPacket, sessions: dict[str, Open]) -> Verdict:
    """What a gateway of this kind does with a Disconnect-Request that is proved."""
    user_name, session_id = _text(request, "User-Name"), _session_id(request, sessions)
    if gateway == "coovachilli" and not user_name:
        return Verdict(None)  # dropped without an answer
    if gateway == "uspot" and _MESSAGE_AUTHENTICATOR in request:
        return Verdict(DisconnectNAK)  # it takes no packet that has one
    found = sessions.get(session_id or "")
    if found is None or (user_name is not None and found.user_name != user_name):
        return Verdict(DisconnectNAK, _cause(gateway, SESSION_NOT_FOUND))
    if gateway == "mikrotik" and not (user_name and _text(request, "Framed-IP-Address")):
        return Verdict(DisconnectNAK, MISSING_ATTRIBUTE)
    return Verdict(DisconnectACK, session_id=session_id)


def _session_id(request: CoAPacket, sessions: dict[str, Open]) -> str | None:
    """Which session is named: by its id, by the device, or by both; None where they name none, or two."""
    named, station = _text(request, "Acct-Session-Id"), _text(request, "Calling-Station-Id")
    if station is None:
        return named
    device = station.lower().replace("-", ":")
    of_device = (each for each, session in sessions.items() if session.client.mac == device)
    return next((each for each in of_device if named in (None, each)), None)


def _cause(gateway: str, cause: int) -> int | None:
    # CoovaChilli and uspot answer without any attribute.
    return None if gateway in ("coovachilli", "uspot") else cause


def _text(packet: CoAPacket, name: str) -> str | None:
    values: Any = packet.get(name)
    return str(values[0]) if values else None


class DisconnectListener(asyncio.DatagramProtocol):
    """The socket that Disconnects come to; ``cut`` is called with the id of each session that has to end."""

    def __init__(
        self, access_point: AccessPoint, sessions: dict[str, Open], cut: Callable[[str], None], tally: Tally
    ) -> None:
        self._access_point = access_point
        self._secret = secret_of(access_point)
        self._sessions = sessions
        self._cut = cut
        self._tally = tally
        self._answers: dict[bytes, bytes | None] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Bind the access point's port for dynamic authorisation.

        Raises:
            OSError: The address is none of this machine's, or another program has the port.
        """
        address = self._access_point.address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            bound.bind((address, self._access_point.coa_port))
        except OSError:
            bound.close()
            raise
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=bound)

    def close(self) -> None:
        """Give the socket back."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        """Answer a request; the same octets again where it comes again."""
        if data not in self._answers:
            if len(self._answers) >= _MOST_REMEMBERED:
                del self._answers[next(iter(self._answers))]
            self._answers[data] = self._answer(data)
        answer = self._answers[data]
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, sender)

    def _answer(self, data: bytes) -> bytes | None:
        request = self._proved(data)
        if request is None:
            return None
        verdict = judge(self._access_point.gateway, request, self._sessions)
        if verdict.code is None:
            self._tally.unexpected["a Disconnect without the User-Name that this gateway needs"] += 1
            return None
        reply = request.CreateReply()
        reply.code = verdict.code
        if verdict.error_cause is not None:
            reply["Error-Cause"] = verdict.error_cause
        if verdict.session_id is not None:
            self._tally.disconnected += 1
            self._cut(verdict.session_id)
        elif verdict.error_cause != SESSION_NOT_FOUND and self._names_nobody(request):
            self._tally.unexpected["a Disconnect that this gateway cannot obey"] += 1
        return bytes(reply.ReplyPacket())

    def _names_nobody(self, request: CoAPacket) -> bool:
        """Whether the session is open here after all: then the request lacked something, or had too much."""
        return _text(request, "Acct-Session-Id") in self._sessions

    def _proved(self, data: bytes) -> CoAPacket | None:
        try:
            request = CoAPacket(secret=self._secret, dict=dictionary(), packet=data)
        except PacketError:
            self._tally.unexpected["a Disconnect that cannot be read"] += 1
            return None
        signed = not request.message_authenticator or request.verify_message_authenticator()
        if not request.VerifyCoARequest() or not signed:
            self._tally.unexpected["a Disconnect that does not prove itself"] += 1
            return None
        if request.code != DisconnectRequest:
            self._tally.unexpected[f"a request of code {request.code} at the Disconnect port"] += 1
            return None
        return request
