"""All connections: who may have one, whose packets go where, and which of them is over."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Final

from hotspots.access_points.radius_versions import RadiusVersions
from hotspots.certificates.issuing import fingerprint
from hotspots.logins.directory import Directory
from radius.callers import Caller
from radius.datagrams import Datagram
from radius.drops import Drop, Dropped
from radius.log_once import LogOnce
from radius.numbers import Code
from radius.radsec.connection import Connection
from radius.radsec.metrics import CONNECTIONS, HANDSHAKES, Ending, Handshake
from radius.radsec.versions import WithTokens
from radius.receiving import Address, Request
from radius.wire import Malformed

MOST_PER_CERTIFICATE: Final = 16
"""As many as a proxy opens by itself; a further one takes the place of that which was silent for longest."""

LOOK_SECONDS: Final = 0.25

_AUTHENTICATION: Final = frozenset((int(Code.ACCESS_REQUEST), int(Code.STATUS_SERVER)))
_ACCOUNTING: Final = int(Code.ACCOUNTING_REQUEST)
_STATUS_SERVER: Final = int(Code.STATUS_SERVER)
_ANSWERS: Final = frozenset(
    (int(Code.DISCONNECT_ACK), int(Code.DISCONNECT_NAK), int(Code.COA_ACK), int(Code.COA_NAK))
)
_FORGED: Final = (Drop.BAD_MESSAGE_AUTHENTICATOR, Drop.BAD_ACCOUNTING_AUTHENTICATOR)

_log = logging.getLogger(__name__)

Receive = Callable[[Sequence[Datagram]], None]


class Connections:
    """Reads requests from connections and sends answers into them, as a port wants it; an address names a connection.

    It is known whose a connection is by its certificate alone, wherever it comes from.
    """

    def __init__(self, directory: Directory, versions: RadiusVersions) -> None:
        self._directory = directory
        self._versions = versions
        self._numbers = itertools.count(1)
        self._by_address: dict[Address, Connection] = {}
        self._certificates = directory.certificates
        self._warnings = LogOnce(_log)
        self._loop = asyncio.get_running_loop()
        self._looking: asyncio.Task[None] | None = None

    def open(self, auth: Receive, acct: Receive, answered: Callable[[Connection, bytes], None]) -> None:
        """From now on hand requests to these, and answers to what we asked to the third."""
        self._auth, self._acct, self._answered = auth, acct, answered
        self._looking = self._loop.create_task(self._look(), name="radsec")

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._by_address)

    def connection(self, peer: str) -> Connection:
        """A connection whose handshake begins."""
        return Connection(peer, self._welcome, self._arrived, self._gone)

    def admit(self, datagram: bytes, address: Address) -> Request:
        """The request in a packet (:class:`radius.port.Reader`).

        What no peer of ours would send ends its connection, since all that follows is in doubt (RFC 6613 section
        2.6.4).
        """
        connection = self._by_address[address]
        if datagram[0] not in _AUTHENTICATION and datagram[0] != _ACCOUNTING:
            raise Dropped(Drop.WRONG_CODE)
        try:
            return connection.version.read(datagram, connection.caller, address)
        except Malformed:
            connection.end(Ending.MALFORMED)
            raise
        except Dropped as drop:
            if drop.reason in _FORGED:
                connection.end(Ending.BAD_SIGNATURE)
            raise

    def send(self, datagram: bytes, address: Address) -> None:
        """Send an answer (:class:`radius.port.Way`); where the connection is gone, so is whoever waited for it."""
        connection = self._by_address.get(address)
        if connection is not None:
            connection.answer(datagram)

    def flush(self) -> None:
        """Nothing waits: TLS sends at once."""

    def of(self, access_point_id: int) -> Connection | None:
        """The connection of an access point that was heard last, None where it has none."""
        mine = [each for each in self._by_address.values() if each.caller.client.id == access_point_id]
        return max((each for each in mine if each.is_open), key=lambda each: each.heard_at, default=None)

    def shut(self) -> None:
        """Read nothing more; answers still go out."""
        for connection in self._by_address.values():
            connection.shut()

    async def close(self) -> None:
        """End all of them, and return when they are gone, or soon after."""
        if self._looking is not None:
            self._looking.cancel()
        for connection in list(self._by_address.values()):
            connection.end(Ending.SHUTDOWN)
        deadline = self._loop.time() + 1.0
        while self._by_address and self._loop.time() < deadline:
            await asyncio.sleep(0.01)

    def _welcome(self, connection: Connection) -> bool:
        """Whether a connection may stay."""
        caller = self._caller_of(connection)
        refusal = Handshake.UNKNOWN_CERTIFICATE if caller is None else self._wrong_version(connection)
        HANDSHAKES.labels((refusal or Handshake.GOOD).value).inc()
        if caller is None or refusal is not None:
            self._warn(connection.peer, "a TLS connection from %s is refused: %s", connection.peer, refusal)
            return False
        mine = [each for each in self._by_address.values() if each.caller.client.id == caller.client.id]
        if len(mine) >= MOST_PER_CERTIFICATE:
            min(mine, key=lambda each: each.heard_at).end(Ending.REPLACED)
        connection.caller = caller
        connection.address = (caller.client.name, next(self._numbers))
        self._by_address[connection.address] = connection
        CONNECTIONS.set(len(self._by_address))
        _log.info(
            "%s connects from %s: %s, %s",
            *(caller.client.name, connection.peer, connection.tls_version, connection.version.alpn),
        )
        return True

    def _wrong_version(self, connection: Connection) -> Handshake | None:
        with_tokens = connection.alpn == WithTokens.alpn
        if with_tokens and connection.tls_version != "TLSv1.3":  # RFC 9765 section 3.4 asks for it
            return Handshake.WRONG_VERSION
        return Handshake.WRONG_VERSION if self._versions is RadiusVersions.TOKENS and not with_tokens else None

    def _arrived(self, connection: Connection, packets: list[bytes]) -> None:
        auth: list[Datagram] = []
        acct: list[Datagram] = []
        for octets in packets:
            if octets[0] in _ANSWERS:
                self._answered(connection, octets)
                continue
            connection.begin(octets)
            connection.watchdogs += octets[0] == _STATUS_SERVER
            (acct if octets[0] == _ACCOUNTING else auth).append((octets, connection.address))
        if acct:
            self._acct(acct)
        if auth:
            self._auth(auth)

    def _gone(self, connection: Connection) -> None:
        self._by_address.pop(connection.address, None)
        CONNECTIONS.set(len(self._by_address))
        name = connection.caller.client.name
        if connection.ending in (Ending.BY_PEER, Ending.SHUTDOWN):
            _log.info("the connection of %s is over: %s", name, connection.ending)
        else:
            self._warn(name, "the connection of %s from %s is over: %s", name, connection.peer, connection.ending)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._directory.certificates is not self._certificates:
                self._certificates = self._directory.certificates
                self._look_whose()
            now = self._loop.time()
            for connection in list(self._by_address.values()):
                connection.look(now)

    def _look_whose(self) -> None:
        """Access points or certificates have changed."""
        for connection in list(self._by_address.values()):
            caller = self._caller_of(connection)
            if caller is None:
                connection.end(Ending.REVOKED)
            else:
                connection.caller = caller

    def _caller_of(self, connection: Connection) -> Caller | None:
        number = self._directory.certificates.get(fingerprint(connection.certificate))
        client = None if number is None else self._directory.clients.by_id.get(number)
        return None if client is None else Caller(client, connection.version.secret)

    def _warn(self, source: str, message: str, *arguments: object) -> None:
        self._warnings.warn(source, self._loop.time(), message, *arguments)
