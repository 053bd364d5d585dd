"""One TLS connection: packets in and out, and the bounds of what it may keep us busy with."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, cast

from cryptography import x509

from radius.callers import Caller
from radius.radsec.framing import Framing
from radius.radsec.metrics import ENDED, Ending
from radius.radsec.versions import Version, spoken
from radius.receiving import Address
from radius.wire import Malformed

MOST_OPEN: Final = 256
"""Requests without an answer: as many as the historic version can tell apart. More wait, unread in the end."""

FORGOTTEN_AFTER_SECONDS: Final = 10.0
"""A request that was met with silence holds its place for so long."""

PARTIAL_SECONDS: Final = 10.0
"""A packet that has begun is whole after so long."""

NOT_READING_SECONDS: Final = 10.0
"""Somebody who does not read our answers is given so long."""

IDLE_SECONDS: Final = 4500.0
"""Longer than the longest interim interval of a plan, so that whoever has a session is never idle."""

WATCHED_IDLE_SECONDS: Final = 180.0
"""Six times what RFC 3539 section 3.4.1 says of watchdogs, for a peer that sends them."""

WATCHDOGS: Final = 4
"""After so many Status-Servers a peer is one that sends them; three are what proxies send to one that was away."""

MOST_UNSENT_OCTETS: Final = 1 << 20


class Connection(asyncio.Protocol):
    """From the end of the handshake to its own. ``caller`` and ``address`` are given to it by whoever welcomes it."""

    caller: Caller
    address: Address

    def __init__(
        self,
        peer: str,
        welcome: Callable[[Connection], bool],
        arrived: Callable[[Connection, list[bytes]], None],
        gone: Callable[[Connection], None],
    ) -> None:
        self.peer = peer
        self._welcome, self._arrived, self._gone = welcome, arrived, gone
        self._loop = asyncio.get_running_loop()
        self._framing = Framing()
        self._waiting: deque[bytes] = deque()
        self._open: dict[int, float] = {}
        self._begun_at: float | None = None
        self._full_since: float | None = None
        self._paused = False
        self._ending: Ending | None = None
        self._taken = self._shut = False
        self.watchdogs = 0
        self.heard_at = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake is done: be welcomed, or go."""
        self._transport = cast(asyncio.Transport, transport)
        tls = transport.get_extra_info("ssl_object")
        self.certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
        self.tls_version: str = tls.version()
        self.alpn: str | None = tls.selected_alpn_protocol()
        self.version: Version = spoken(self.alpn)
        self._transport.set_write_buffer_limits(high=MOST_UNSENT_OCTETS // 4)
        self._taken = self._welcome(self)
        if not self._taken:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Cut what came into packets and hand on as many as there is room for."""
        self.heard_at = now = self._loop.time()
        if self._ending is not None or not self._taken:
            return
        try:
            packets = self._framing.feed(data)
        except Malformed:
            self.end(Ending.MALFORMED)
            return
        if not self._framing.waits:
            self._begun_at = None
        elif packets or self._begun_at is None:
            self._begun_at = now
        self._waiting += packets
        self._hand_on()

    def eof_received(self) -> None:
        """The peer says nothing more: the connection is closed."""
        self._ending = self._ending or Ending.BY_PEER

    def pause_writing(self) -> None:
        """The peer does not read: read no more of it, either."""
        self._full_since = self._loop.time()
        self._throttle()

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._full_since = None
        self._hand_on()

    def connection_lost(self, error: Exception | None) -> None:
        """It is over, whoever ended it."""
        if not self._taken:
            return
        reason = self._ending or (Ending.BY_PEER if error is None else Ending.BROKEN)
        self._ending = reason
        ENDED.labels(reason.value).inc()
        self._gone(self)

    @property
    def is_open(self) -> bool:
        """Whether it can still carry something."""
        return self._taken and self._ending is None

    @property
    def ending(self) -> Ending | None:
        """Why it ended, or is about to."""
        return self._ending

    def shut(self) -> None:
        """Read nothing more; answers still go out."""
        self._shut = True
        self._waiting.clear()
        self._throttle()

    def begin(self, octets: bytes) -> None:
        """A request is handled from now on."""
        self._open[self.version.number_of(octets)] = self._loop.time()

    def send(self, octets: bytes) -> None:
        """Send a packet; an answer makes room for the next request."""
        if not self.is_open:
            return
        self._transport.write(octets)
        if self._transport.get_write_buffer_size() > MOST_UNSENT_OCTETS:
            self.end(Ending.NOT_READING)

    def answer(self, octets: bytes) -> None:
        """Send the answer to a request, which makes room for the next one."""
        self._open.pop(self.version.number_of(octets), None)
        self.send(octets)
        if self._waiting or self._paused:
            self._loop.call_soon(self._hand_on)

    def end(self, reason: Ending) -> None:
        """End it now; what was not sent yet is lost only where the peer is to blame."""
        if self._ending is not None:
            return
        self._ending = reason
        self._waiting.clear()
        if reason in (Ending.SHUTDOWN, Ending.IDLE, Ending.REPLACED):
            self._transport.close()
        else:
            self._transport.abort()

    def look(self, now: float) -> None:
        """What time brings: forget what was met with silence, and end what takes too long."""
        if not self.is_open:
            return
        reason = self._overdue(now)
        if reason is not None:
            self.end(reason)
            return
        forgotten = [number for number, at in self._open.items() if now - at >= FORGOTTEN_AFTER_SECONDS]
        for number in forgotten:
            del self._open[number]
        if forgotten:
            self._hand_on()

    def _overdue(self, now: float) -> Ending | None:
        if self._begun_at is not None and not self._paused and now - self._begun_at >= PARTIAL_SECONDS:
            return Ending.PARTIAL_PACKET
        if self._full_since is not None and now - self._full_since >= NOT_READING_SECONDS:
            return Ending.NOT_READING
        idle = WATCHED_IDLE_SECONDS if self.watchdogs >= WATCHDOGS else IDLE_SECONDS
        if now - self.heard_at >= idle:
            return Ending.IDLE
        if datetime.now(UTC) >= self.certificate.not_valid_after_utc:
            return Ending.EXPIRED
        return None

    def _hand_on(self) -> None:
        while self._waiting and self.is_open and self._full_since is None and len(self._open) < MOST_OPEN:
            room = MOST_OPEN - len(self._open)
            self._arrived(self, [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))])
        self._throttle()

    def _throttle(self) -> None:
        """Read no more while there is no room for what is read."""
        if not self.is_open:
            return
        full = bool(self._waiting) or self._full_since is not None or len(self._open) >= MOST_OPEN
        wanted = self._shut or full
        if wanted == self._paused:
            return
        self._paused = wanted
        if wanted:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
            self._begun_at = self._loop.time() if self._framing.waits else None
