"""The listening socket: takes connections and leads them through the handshake, with bounds on what strangers cost."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import Counter
from typing import Final

from radius.bucket import Bucket
from radius.log_once import LogOnce
from radius.radsec.connections import Connections
from radius.radsec.metrics import HANDSHAKES, Handshake

HANDSHAKE_SECONDS: Final = 5.0
MOST_SHAKING: Final = 256
"""Handshakes under way, of everybody together."""

MOST_SHAKING_OF_ONE: Final = 16
"""Of one address: several access points may share one behind NAT, and come back at once after a cut."""

FAILURES_A_SECOND: Final = 1.0
FAILURES_AT_ONCE: Final = 20.0
"""Handshakes that failed, of one address: further ones are not even begun, since each costs a millisecond."""

MOST_CONNECTIONS: Final = 1024
_MOST_REMEMBERED: Final = 4096
_ACCEPTED_AT_ONCE: Final = 16
_REST_SECONDS: Final = 0.5
_SHUTDOWN_SECONDS: Final = 1.0

# A peer that is gone without a word is noticed within a minute and a half (tcp(7)).
_KEEPALIVE: Final = {socket.TCP_KEEPIDLE: 60, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}
_USER_TIMEOUT_MS: Final = 30_000

_log = logging.getLogger(__name__)


class Listener:
    """Accepts on a bound socket, from :meth:`open` to :meth:`close`. Without a ``context`` nobody is let in."""

    def __init__(self, bound: socket.socket, connections: Connections) -> None:
        bound.setblocking(False)
        self._socket = bound
        self._connections = connections
        self.context: ssl.SSLContext | None = None
        self._loop = asyncio.get_running_loop()
        self._shaking: Counter[str] = Counter()
        self._failures: dict[str, Bucket] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._warnings = LogOnce(_log)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._socket.getsockname()[1])

    def open(self) -> None:
        """Begin to accept."""
        self._loop.add_reader(self._socket, self._accept)

    async def close(self) -> None:
        """Accept nothing more, and give up handshakes that are under way."""
        self._loop.remove_reader(self._socket)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # No descriptors left, mostly: it would be said again at once.
                self._warnings.warn("", self._loop.time(), "no connection can be accepted: %s", error)
                self._loop.remove_reader(self._socket)
                self._loop.call_later(_REST_SECONDS, self._accept_again)
                return
            self._take(accepted, address[0])

    def _accept_again(self) -> None:
        if self._socket.fileno() >= 0:
            self.open()

    def _take(self, accepted: socket.socket, peer: str) -> None:
        refusal = self._refusal(peer)
        if refusal is not None or self.context is None:
            HANDSHAKES.labels((refusal or Handshake.NO_CERTIFICATE).value).inc()
            self._warn(peer, refusal or Handshake.NO_CERTIFICATE)
            accepted.close()
            return
        accepted.setblocking(False)
        _keep_alive(accepted)
        self._shaking[peer] += 1
        task = self._loop.create_task(self._shake(accepted, peer, self.context))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refusal(self, peer: str) -> Handshake | None:
        """Why nothing is begun with somebody from there, None where it may be."""
        bucket = self._failures.get(peer)
        held_back = bucket is not None and bucket.left < 1 and not bucket.refill()
        too_many = (
            self._shaking[peer] >= MOST_SHAKING_OF_ONE
            or len(self._tasks) >= MOST_SHAKING
            or self._connections.count + len(self._tasks) >= MOST_CONNECTIONS
        )
        return Handshake.TOO_MANY if held_back or too_many else None

    async def _shake(self, accepted: socket.socket, peer: str, context: ssl.SSLContext) -> None:
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._connections.connection(peer),
                accepted,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
            )
        except OSError as error:  # as is SSLError, and the end of patience
            self._fail(accepted, peer, error)
        except asyncio.CancelledError:
            accepted.close()
        finally:
            self._shaking[peer] -= 1
            if not self._shaking[peer]:
                del self._shaking[peer]

    def _fail(self, accepted: socket.socket, peer: str, error: OSError) -> None:
        accepted.close()
        result = Handshake.TOO_SLOW if isinstance(error, ConnectionAbortedError) else Handshake.FAILED
        HANDSHAKES.labels(result.value).inc()
        self._warn(peer, result, error)
        if peer not in self._failures and len(self._failures) >= _MOST_REMEMBERED:
            self._failures.clear()
        bucket = self._failures.setdefault(peer, Bucket(FAILURES_A_SECOND, FAILURES_AT_ONCE, self._loop.time))
        bucket.take()

    def _warn(self, peer: str, result: Handshake, error: OSError | None = None) -> None:
        self._warnings.warn(
            peer, self._loop.time(), "no TLS with %s: %s %s", peer, result.value, error if error is not None else ""
        )


def _keep_alive(accepted: socket.socket) -> None:
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE.items():
        accepted.setsockopt(socket.IPPROTO_TCP, option, value)
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
