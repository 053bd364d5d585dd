"""One of the two ports: what becomes of a datagram, the same for authentication and accounting."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Final

from radius.callers import Callers
from radius.door import Door
from radius.drops import Drop, Dropped
from radius.duplicates import Duplicates, Key, Seen
from radius.log_once import LogOnce
from radius.metrics import Tally
from radius.numbers import Code
from radius.receiving import Address, Receiver, Request
from radius.refreshing import Refresher
from radius.wire import Flaw, Malformed

_STATUS_SERVER: Final = int(Code.STATUS_SERVER)

_log = logging.getLogger(__name__)

Show = Callable[[str, Address, bytes], None]
"""Told of each datagram that is received or sent: which way, the peer, the bytes."""


class Port(ABC):
    """Receives, drops what is to be dropped, answers again what was answered before, and hands on the rest."""

    kind: str
    code: Code
    alive: Code
    """The reply to Status-Server on this port (RFC 5997 section 2)."""

    def __init__(self, door: Door, callers: Callers, refresher: Refresher, tally: Tally, show: Show | None) -> None:
        self._door = door
        self._receiver = Receiver(callers, self.code)
        self._refresher = refresher
        self._tally = tally
        self._show = show
        self._duplicates = Duplicates()
        self._warnings = LogOnce(_log)
        self._clock = asyncio.get_running_loop().time

    @abstractmethod
    def handle(self, request: Request, key: Key) -> None:
        """Begin to answer a request that was not seen before; :meth:`answer` ends it, at once or later."""

    @abstractmethod
    def rested(self) -> None:
        """A batch of datagrams is through: hand on what was gathered."""

    def open(self) -> None:
        """Begin to answer."""
        self._door.open(self.received, self.rested)

    def received(self, datagram: bytes, address: Address) -> None:
        """Deal with one datagram, whatever is in it."""
        if self._show is not None:
            self._show("from", address, datagram)
        try:
            self._take(datagram, address, may_wait=True)
        except Exception as error:
            self._give_up(address, error)

    def later(self, request: Request, call: Callable[[], None]) -> bool:
        """Go on with a request after the copy in memory was refreshed; False where too many wait for that."""
        return self._refresher.soon(partial(self._resume, request.address, call))

    def answer(self, request: Request, key: Key, reply: bytes, result: str) -> None:
        """Send the reply, and keep it for a gateway that asks again."""
        self._duplicates.answer(key, reply, self._clock())
        self._send(request, reply)
        self._tally.packets[self.kind, result] += 1

    def drop(self, address: Address, reason: Drop | Flaw) -> None:
        """Count a packet that gets no answer; a line in the log at most once a second and source."""
        self._tally.drops[self.kind, reason.value] += 1
        self._tally.packets[self.kind, "dropped"] += 1
        self._warnings.warn(
            address[0], self._clock(), "%s packet from %s dropped: %s", self.kind, address[0], reason.value
        )

    def forget(self, key: Key) -> None:
        """Let a request that was met with silence be handled anew when it comes again."""
        self._duplicates.forget(key)

    def _take(self, datagram: bytes, address: Address, *, may_wait: bool) -> None:
        try:
            request = self._receiver.admit(datagram, address)
        except Dropped as drop:
            # The access point may have been added a moment ago.
            again = partial(self._take, datagram, address, may_wait=False)
            unknown = drop.reason is Drop.UNKNOWN_CLIENT and may_wait
            if unknown and self._refresher.soon(partial(self._resume, address, again)):
                return
            raise
        if request.packet.code == _STATUS_SERVER:
            self._send(request, request.reply(self.alive))
            self._tally.packets[self.kind, "answered"] += 1
            return
        self._claim(request)

    def _claim(self, request: Request) -> None:
        key = (request.address, request.packet.raw[:20])
        known = self._duplicates.claim(key, self._clock())
        if known is not Seen.NEW:
            self._tally.duplicates[(self.kind,)] += 1
            if isinstance(known, bytes):
                self._send(request, known)
            return
        try:
            self.handle(request, key)
        except BaseException:
            self.forget(key)
            raise

    def _resume(self, address: Address, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            self._give_up(address, error)
        self.rested()

    def _give_up(self, address: Address, error: Exception) -> None:
        """Where all that may go wrong with one packet ends, so that the next one is read."""
        if isinstance(error, (Dropped, Malformed)):
            self.drop(address, error.reason)
            return
        _log.error("a %s packet from %s could not be handled", self.kind, address[0], exc_info=error)
        self.drop(address, Drop.ERROR)

    def _send(self, request: Request, reply: bytes) -> None:
        if self._show is not None:
            self._show("to", request.address, reply)
        self._door.send(reply, request.address)
