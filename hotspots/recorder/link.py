"""A worker's end of the connection to the recorder."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from hotspots.logins.login import Outcome
from hotspots.logins.login_records import LoginRecord, record_of
from hotspots.recorder import local_socket
from hotspots.recorder.messages import (
    MOST_OCTETS,
    MOST_RECORDS,
    Batch,
    Happened,
    Kept,
    Refused,
    decode_answer,
    encode,
)
from hotspots.sessions.accounting import Report

RETRY_SECONDS: Final = 0.05
LAST_WORDS_SECONDS: Final = 10.0
"""So long :meth:`Link.close` waits for what was handed over to be kept."""

MOST_LOGINS: Final = 50_000
"""Logins that wait for a recorder which is away: about 20 MB of memory. Beyond it the oldest are forgotten."""

MOST_BEHIND: Final = 10_000
"""So many logins may wait for a recorder that writes as fast as it can; beyond it new ones are to wait for it."""

STANDS_STILL_SECONDS: Final = 0.25
"""A recorder that kept nothing for so long keeps no login waiting: it is away, or its database is."""

GATHER_SECONDS: Final = 0.005
"""So long logins are gathered for one message, since nobody waits for theirs: a message that wakes the recorder costs
both sides as much as a login does."""

_SAY_SO_AFTER_SECONDS: Final = 2.0

_log = logging.getLogger(__name__)


class Waiting(Protocol):
    """Somebody who waits for a report to be durable: a request that is answered only then."""

    @property
    def report(self) -> Report:
        """What is to be written."""
        ...


W = TypeVar("W", bound=Waiting)


@dataclass(slots=True)
class _Sent(Generic[W]):
    """A batch without an answer: its octets, and who waits for it."""

    message: bytes
    waiting: Sequence[W]
    logins: list[LoginRecord]


class Link(Generic[W]):
    """Hands records to the recorder, and tells who waits what became of them. All of it runs in the loop.

    ``kept`` is called with those whose reports are durable, ``refused`` with those whose reports could not be
    kept, who are to stay unanswered and will ask again; ``happened`` with what any worker's records changed;
    ``ordered`` where a Disconnect was asked for; ``announced`` when the database says something new;
    ``reconnected`` when news may have been missed. While the recorder is away, everything is kept here and handed
    over again: what it had written already changes nothing when it comes twice, except that such a login stands in
    the log twice.
    """

    def __init__(
        self,
        path: Path,
        *,
        kept: Callable[[Sequence[W]], None],
        refused: Callable[[Sequence[W]], None],
        happened: Callable[[Happened], None] = lambda _: None,
        ordered: Callable[[], None] = lambda: None,
        announced: Callable[[], None] = lambda: None,
        reconnected: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._kept = kept
        self._refused = refused
        self._happened = happened
        self._ordered = ordered
        self._announced = announced
        self._reconnected = reconnected
        self._loop = asyncio.get_running_loop()
        self._gathered: list[LoginRecord] = []
        self._pending: dict[int, _Sent[W]] = {}
        self._logins = 0
        self._kept_at = float("-inf")
        self._number = 0
        self._unsent: deque[bytes] = deque()
        self._socket: socket.socket | None = None
        self._away_since: float | None = self._loop.time()
        self._answered = asyncio.Event()
        self._connect()

    def is_behind(self) -> bool:
        """Whether more logins come than the recorder writes: then they have to wait, or some would be forgotten."""
        waiting = self._logins + len(self._gathered)
        return waiting > MOST_BEHIND and self._loop.time() - self._kept_at < STANDS_STILL_SECONDS

    def write(self, waiting: Sequence[W], outcomes: Sequence[Outcome] = ()) -> None:
        """Hand over what is to be written; returns at once. Logins are gathered for a moment first.

        Not where others must set aside at once what was granted.
        """
        for start in range(0, len(waiting), MOST_RECORDS):
            self._hand_over(waiting[start : start + MOST_RECORDS], [])
        if outcomes:
            if not self._gathered:
                self._loop.call_later(GATHER_SECONDS, self._hand_over_logins)
            records = [record_of(outcome) for outcome in outcomes]
            self._gathered += records
            if len(self._gathered) >= MOST_RECORDS or any(record.reserved for record in records):
                self._hand_over_logins()

    async def close(self) -> None:
        """Wait until all was kept or refused, at most ten seconds, and hang up."""
        self._hand_over_logins()
        deadline = self._loop.time() + LAST_WORDS_SECONDS
        while self._pending and self._loop.time() < deadline:
            self._answered.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._answered.wait()
            except TimeoutError:
                break
        if self._pending:
            _log.error("%d batches were handed to no recorder", len(self._pending))
        self._away_since = None
        self._hang_up()

    def _hand_over_logins(self) -> None:
        gathered, self._gathered = self._gathered, []
        for start in range(0, len(gathered), MOST_RECORDS):
            self._hand_over((), gathered[start : start + MOST_RECORDS])

    def _hand_over(self, waiting: Sequence[W], logins: list[LoginRecord]) -> None:
        self._number += 1
        message = encode(Batch(self._number, [each.report for each in waiting], logins))
        self._pending[self._number] = _Sent(message, waiting, logins)
        if not self._logins:
            self._kept_at = self._loop.time()  # none waits any longer than from now on
        self._logins += len(logins)
        if self._logins > MOST_LOGINS:
            self._forget_oldest_logins()
        self._unsent.append(message)
        if self._socket is not None and len(self._unsent) == 1:
            self._send(self._socket)

    def _send(self, connection: socket.socket) -> None:
        try:
            while self._unsent:
                connection.send(self._unsent[0])
                self._unsent.popleft()
        except BlockingIOError:
            self._loop.add_writer(connection, self._send, connection)
        except OSError as error:
            self._lost(error)
        else:
            self._loop.remove_writer(connection)

    def _read(self, connection: socket.socket) -> None:
        while True:
            try:
                message = connection.recv(MOST_OCTETS)
            except BlockingIOError:
                break
            except OSError as error:
                self._lost(error)
                break
            if not message:
                self._lost(ConnectionResetError("it hung up"))
                break
            self._take(message)
        self._answered.set()

    def _take(self, message: bytes) -> None:
        answer = decode_answer(message)
        if isinstance(answer, Kept):
            self._kept_at = self._loop.time()
            for number in answer.numbers:
                sent = self._settle(number)
                if sent is not None and sent.waiting:
                    self._kept(sent.waiting)
            if answer.disconnects:
                self._ordered()
        elif isinstance(answer, Refused):
            self._take_refusal(answer)
        elif isinstance(answer, Happened):
            self._happened(answer)
        elif answer.missed:
            self._reconnected()
        else:
            self._announced()

    def _take_refusal(self, answer: Refused) -> None:
        sent = self._settle(answer.number)
        if sent is None:
            return
        places = set(answer.reports)
        if places:
            self._refused([each for place, each in enumerate(sent.waiting) if place in places])
        rest = [each for place, each in enumerate(sent.waiting) if place not in places]
        if rest:
            self._kept(rest)
        if answer.logins and sent.logins:
            # Nobody asks again for them: a little later once more.
            self._loop.call_later(1.0, self._hand_over, (), sent.logins)

    def _settle(self, number: int) -> _Sent[W] | None:
        sent = self._pending.pop(number, None)
        if sent is not None:
            self._logins -= len(sent.logins)
        return sent

    def _connect(self) -> None:
        if self._away_since is None:
            return
        try:
            self._socket = local_socket.connect(self._path)
        except OSError as error:
            waited = self._loop.time() - self._away_since
            if waited >= _SAY_SO_AFTER_SECONDS and waited % 60 < RETRY_SECONDS * 2:
                _log.warning("no recorder at %s for %.0f s: %s", self._path, waited, error)
            self._loop.call_later(RETRY_SECONDS, self._connect)
            return
        self._away_since = None
        self._loop.add_reader(self._socket, self._read, self._socket)
        self._unsent = deque(sent.message for sent in self._pending.values())
        if self._unsent:
            self._send(self._socket)
        self._reconnected()

    def _lost(self, error: OSError) -> None:
        _log.warning("the recorder is gone (%s): %d batches wait for it", error, len(self._pending))
        self._hang_up()
        self._away_since = self._loop.time()
        self._loop.call_later(RETRY_SECONDS, self._connect)

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
            self._socket = None

    def _forget_oldest_logins(self) -> None:
        for number, sent in list(self._pending.items()):
            if self._logins <= MOST_LOGINS:
                return
            if sent.logins and not sent.waiting:
                _log.error("%d logins are not written down: no recorder for too long", len(sent.logins))
                self._settle(number)
