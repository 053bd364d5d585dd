"""One simulated NAS: its sockets at the access point's own address, its logins, sessions and accounting."""

from __future__ import annotations

import asyncio
import errno
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from pyrad.packet import (
    AccessAccept,
    AccessReject,
    AccountingResponse,
    AcctPacket,
    AuthPacket,
    Packet,
    StatusServer,
)

from hotspots.errors import HotspotsError
from monitoring.synthetic import granted, packets
from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.clock import Clock
from monitoring.synthetic.disconnect import DisconnectListener, Open
from monitoring.synthetic.exchange import DEFAULT_PATIENCE, PATIENCE, Endpoint, Exchange, Patience
from monitoring.synthetic.granted import Granted
from monitoring.synthetic.packets import Client, Credentials, Figures
from monitoring.synthetic.stay_online import Course
from monitoring.synthetic.tally import SessionRecord, Tally

_FIRST_LOOK: Final = Patience(1.0, 4)
_ADMIN_RESET: Final = "Admin-Reset"
_LEASES_IN_NET: Final = 250


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the RADIUS service is, as this gateway calls it."""

    auth: Endpoint
    acct: Endpoint


@dataclass(frozen=True, slots=True)
class Refused:
    """An Access-Reject: what it says to the resident."""

    reply: str


@dataclass
class _Session:
    user_name: str
    client: Client
    granted: Granted
    cut: asyncio.Event = field(default_factory=asyncio.Event)


class Gateway:
    """Plays one access point. :meth:`open` first, :meth:`close` last."""

    def __init__(self, access_point: AccessPoint, servers: Servers, random: Random, tally: Tally) -> None:
        self.access_point = access_point
        self._servers = servers
        self._tally = tally
        self._leases = 0
        self._sessions: dict[str, _Session] = {}
        self._open: dict[str, Open] = {}
        self._exchange = Exchange(PATIENCE.get(access_point.gateway, DEFAULT_PATIENCE), random, tally)
        self._disconnects = DisconnectListener(access_point, self._open, self._cut, tally)

    async def open(self) -> None:
        """Bind the sockets.

        Raises:
            HotspotsError: The access point's address is none of this machine's, or its port is taken.
        """
        point = self.access_point
        try:
            await self._exchange.open(point.address)
            await self._disconnects.open()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise HotspotsError(
                    f"UDP port {point.coa_port} on {point.address}, where {point.name} hears Disconnects, is taken",
                    "Is another simulation running?",
                ) from error
            raise HotspotsError(
                f"the access point {point.name} cannot be played here: its address {point.address} cannot be bound "
                f"({error.strerror})",
                "Name others with --hotspots: only addresses of this machine can, as those of the example inventory",
            ) from error

    def close(self) -> None:
        """Give the sockets back."""
        self._exchange.close()
        self._disconnects.close()

    async def server_lives(self) -> bool:
        """Whether both ports answer this access point's Status-Server (RFC 5997)."""
        secret, dictionary = packets.secret_of(self.access_point), packets.dictionary()
        auth = AuthPacket(code=StatusServer, secret=secret, dict=dictionary)
        auth.add_message_authenticator()
        auth.authenticator = auth.CreateAuthenticator()
        acct = AcctPacket(code=StatusServer, secret=secret, dict=dictionary)
        answers = await asyncio.gather(
            self._exchange.ask(auth, self._servers.auth, "Status-Server", _FIRST_LOOK),
            self._exchange.ask(acct, self._servers.acct, "Status-Server", _FIRST_LOOK),
        )
        return all(answer is not None for answer in answers)

    def lease(self, mac: str) -> Client:
        """A device joins: it gets an address, and the gateway numbers the session that may come of it."""
        # The gateway itself is the first address.
        net, host = divmod(self._leases, _LEASES_IN_NET)
        self._leases += 1
        return Client(mac, f"10.1.{net % 256}.{host + 2}", secrets.token_hex(8))

    async def ask(
        self, client: Client, credentials: Credentials, *, by_mac: bool = False
    ) -> Granted | Refused | None:
        """Log a device in: the grant, the refusal, or None where no answer came."""
        request = packets.access_request(self.access_point, client, credentials, by_mac=by_mac)
        answer = await self._exchange.ask(request, self._servers.auth, "Access-Request")
        if answer is None:
            return None
        if answer.code == AccessAccept:
            return granted.read(self.access_point.gateway, answer)
        if answer.code != AccessReject:
            self._tally.unexpected[f"an answer of code {answer.code} to an Access-Request"] += 1
        return Refused(_reply_message(answer))

    async def play(
        self, client: Client, user_name: str, grant: Granted, course: Course, clock: Clock, method: str
    ) -> None:
        """A session from its Start to its Stop, with an update at each interim interval of simulated time."""
        session = _Session(user_name, client, grant)
        self._sessions[client.session_id] = session
        self._open[client.session_id] = Open(user_name, client)
        began = clock.now
        try:
            await self._account(session, "Start", Figures(0, 0, 0))
            cause = await self._stay(session, course, clock, began)
        finally:
            # A Disconnect that comes from now on finds no session.
            del self._sessions[client.session_id], self._open[client.session_id]
        figures = course.figures(clock.now - began)
        if await self._account(session, "Stop", figures, cause):
            self._tally.sessions.append(self._record(session, figures, method, cause))

    async def _stay(self, session: _Session, course: Course, clock: Clock, began: float) -> str:
        ends_at = began + course.ends_after_seconds
        update_at = began + session.granted.interim_seconds
        while update_at < ends_at:
            await clock.until(update_at, session.cut)
            if session.cut.is_set() or clock.closing:
                break
            await self._account(session, "Interim-Update", course.figures(clock.now - began))
            update_at = max(update_at + session.granted.interim_seconds, clock.now)
        await clock.until(ends_at, session.cut)
        if session.cut.is_set():
            return _ADMIN_RESET
        return "User-Request" if clock.now < ends_at else course.cause

    async def _account(self, session: _Session, status: str, figures: Figures, cause: str | None = None) -> bool:
        request = packets.accounting_request(
            self.access_point,
            session.client,
            session.user_name,
            status,
            figures,
            classes=session.granted.classes,
            cause=cause,
            now=datetime.now(UTC),
        )
        answer = await self._exchange.ask(request, self._servers.acct, f"Accounting {status}")
        if answer is not None and answer.code != AccountingResponse:
            self._tally.unexpected[f"an answer of code {answer.code} to an Accounting-Request"] += 1
        return answer is not None

    def _cut(self, session_id: str) -> None:
        self._sessions[session_id].cut.set()

    def _record(self, session: _Session, figures: Figures, method: str, cause: str) -> SessionRecord:
        return SessionRecord(
            acct_session_id=session.client.session_id,
            user_name=session.user_name,
            device=session.client.mac,
            hotspot=self.access_point.hotspot,
            access_point=self.access_point.name,
            method=method,
            session_seconds=figures.seconds,
            octets_up=figures.octets_up,
            octets_down=figures.octets_down,
            terminate_cause=cause,
        )


def _reply_message(reject: Packet) -> str:
    texts: list[Any] = reject.get("Reply-Message", [])
    return " ".join(str(text) for text in texts) or "without a Reply-Message"
