"""One of the two ports: what becomes of datagrams, the same for authentication and accounting.

What was read in one go is dealt with in steps, and each step is done for all of it before the next: the processor then
has the code of that step at hand, which takes a quarter off the time of a login.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Final, Protocol

from radius.bucket import Bucket
from radius.datagrams import Datagram
from radius.drops import Drop, Dropped
from radius.duplicates import Duplicates, Seen
from radius.log_once import LogOnce
from radius.metrics import Tally
from radius.numbers import Code
from radius.receiving import Address, Request
from radius.refreshing import Refresher
from radius.wire import Flaw, Malformed, TooLong

_STATUS_SERVER: Final = int(Code.STATUS_SERVER)
_STRANGERS_A_SECOND: Final = 50.0
"""Packets of strangers for which the database is asked again: others wait for the same answer."""

_SAY_HELD_BACK_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Show(Protocol):
    """Told of each datagram that comes or goes, and of each that is met with silence."""

    def received(self, peer: Address, datagram: bytes) -> None:
        """It came from there."""
        ...

    def sent(self, peer: Address, datagram: bytes) -> None:
        """It goes there."""
        ...

    def dropped(self, peer: Address, reason: Drop | Flaw) -> None:
        """What came from there gets no answer."""
        ...


class Reader(Protocol):
    """Makes requests of what arrives."""

    def admit(self, datagram: bytes, address: Address) -> Request:
        """The request in these octets, which came from there.

        Raises:
            Dropped: It is not to be answered.
            Malformed: The bytes are no RADIUS packet.
        """
        ...


class Way(Protocol):
    """Where replies go out: a socket, or what holds many connections."""

    def send(self, datagram: bytes, address: Address) -> None:
        """Send it there, soon."""
        ...

    def flush(self) -> None:
        """Send now what is to be sent."""
        ...


class Port(ABC):
    """Receives, drops what is to be dropped, answers again what was answered before, and hands on the rest."""

    kind: ClassVar[str]
    code: ClassVar[Code]
    alive: ClassVar[Code]
    """The reply to Status-Server on this port (RFC 5997 section 2)."""

    def __init__(self, way: Way, reader: Reader, refresher: Refresher, tally: Tally, show: Show | None) -> None:
        self._way = way
        self._reader = reader
        self._refresher = refresher
        self._tally = tally
        self._show = show
        self._duplicates = Duplicates()
        self._warnings = LogOnce(_log)
        self._held_back = LogOnce(_log, _SAY_HELD_BACK_EVERY_SECONDS)
        self._clock = asyncio.get_running_loop().time
        self.observe: Callable[[Sequence[Request]], None] | None = None
        """Told of requests that were not seen before."""
        self._strangers = Bucket(_STRANGERS_A_SECOND, 2 * _STRANGERS_A_SECOND, self._clock)

    @abstractmethod
    def handle(self, requests: Sequence[Request]) -> None:
        """Begin to answer requests that were not seen before: :meth:`answer` or :meth:`give_up` ends each."""

    def received(self, datagrams: Sequence[Datagram]) -> None:
        """Deal with datagrams, whatever is in them."""
        if self._show is not None:
            for datagram, address in datagrams:
                self._show.received(address, datagram)
        admitted = [self._admit(datagram, address, may_wait=True) for datagram, address in datagrams]
        now = self._clock()
        requests = [request for request in admitted if request is not None and self._is_new(request, now)]
        if requests:
            if self.observe is not None:
                self.observe(requests)
            self.handle(requests)

    def later(self, request: Request, call: Callable[[], None]) -> bool:
        """Go on with a request after the copy in memory was refreshed; False where too many wait for that."""
        return self._refresher.soon(partial(self.resume, request, call))

    def resume(self, request: Request, call: Callable[[], None]) -> None:
        """Go on with a request that waited, unless nobody waits for its answer any more."""
        if self._duplicates.is_superseded(request.key, request.slot):
            self._drop(request.address, Dropped(Drop.SUPERSEDED))
            return
        try:
            call()
        except Exception as error:
            self.give_up(request, error)

    def answer(self, request: Request, reply: bytes, result: str) -> None:
        """Send the reply, and keep it for a gateway that asks again; not where that asked something else meanwhile."""
        if not self._duplicates.answer(request.key, request.slot, reply, self._clock()):
            self._drop(request.address, Dropped(Drop.SUPERSEDED))
            return
        self._send(request.address, reply)
        self._tally.packets[self.kind, result] += 1

    def give_up(self, request: Request, error: Exception) -> None:
        """Meet a request with silence; when it comes again, it is handled anew."""
        self._duplicates.forget(request.key, request.slot)
        self._drop(request.address, error)

    def _admit(self, datagram: bytes, address: Address, *, may_wait: bool) -> Request | None:
        try:
            return self._reader.admit(datagram, address)
        except Dropped as drop:
            # The access point may have been added a moment ago.
            again = partial(self._look_again, datagram, address)
            unknown = drop.reason is Drop.UNKNOWN_CLIENT and may_wait
            if not (unknown and self._strangers.take() and self._refresher.soon(again)):
                self._drop(address, drop)
        except Exception as error:
            self._drop(address, error)
        return None

    def _look_again(self, datagram: bytes, address: Address) -> None:
        request = self._admit(datagram, address, may_wait=False)
        if request is not None and self._is_new(request, self._clock()):
            self.handle([request])

    def _is_new(self, request: Request, now: float) -> bool:
        """Whether a request is to be handled; what else is to be said to it is said here."""
        if request.packet.code == _STATUS_SERVER:
            self._say_alive(request)
            return False
        known = self._duplicates.claim(request.key, request.slot, now)
        if known is Seen.NEW:
            return True
        self._tally.duplicates[(self.kind,)] += 1
        if isinstance(known, bytes):
            self._send(request.address, known)
        return False

    def _say_alive(self, request: Request) -> None:
        try:
            reply = request.reply(self.alive)
        except TooLong as error:
            self._drop(request.address, error)
            return
        self._send(request.address, reply)
        self._tally.packets[self.kind, "answered"] += 1

    def _drop(self, address: Address, error: Exception) -> None:
        """Where all that may go wrong with one packet ends, so that the next one is read.

        Counted, with a line in the log at most once a second and source; for one that sends too much once a minute.
        """
        reason: Drop | Flaw = Drop.ERROR
        if isinstance(error, (Dropped, Malformed)):
            reason = error.reason
        elif isinstance(error, TooLong):
            reason = Drop.ANSWER_TOO_LONG  # Proxy-States have to come back, and may leave no room for ours
        else:
            _log.error("a %s packet from %s could not be handled", self.kind, address[0], exc_info=error)
        if self._show is not None:
            self._show.dropped(address, reason)
        self._tally.drops[self.kind, reason.value] += 1
        self._tally.packets[self.kind, "dropped"] += 1
        warnings = self._held_back if reason is Drop.OVER_RATE else self._warnings
        warnings.warn(
            address[0], self._clock(), "%s packet from %s dropped: %s", self.kind, address[0], reason.value
        )

    def _send(self, address: Address, reply: bytes) -> None:
        if self._show is not None:
            self._show.sent(address, reply)
        self._way.send(reply, address)
