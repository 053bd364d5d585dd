"""The duplicate cache: a gateway that asks again gets the same bytes again (RFC 5080 section 2.2.2)."""

from __future__ import annotations

from enum import Enum

KEEP_SECONDS = 5.0
MAX_ENTRIES = 65_536


Key = tuple[int, bytes]
"""What makes two requests the same one: the access point that it was proved to come from, and its first twenty octets.

Those are code, identifier, length and authenticator: a new authenticator under an old identifier is a new request.
Port and address do not count: a line that is built up again between two tries gives others (NAT, LTE).
"""


class Seen(Enum):
    """What is known of a request that has no reply yet."""

    NEW = "new"
    IN_PROGRESS = "in_progress"


class Duplicates:
    """Replies of the last seconds, in two generations: the younger is filled, the older is dropped as a whole.

    A reply is found for at least ``keep_seconds`` after it was given; so is the mark of a request in progress,
    and one that takes longer is handled again when it comes again. Where more than ``max_entries`` arrive
    meanwhile, the older generation goes early: what is remembered is bounded whatever is sent. ``now`` is any
    clock in seconds that never goes back (``time.monotonic``).
    """

    def __init__(self, keep_seconds: float = KEEP_SECONDS, max_entries: int = MAX_ENTRIES) -> None:
        self._keep_seconds = keep_seconds
        self._generation_entries = max(1, max_entries // 2)
        self._young: dict[Key, bytes | Seen] = {}
        self._old: dict[Key, bytes | Seen] = {}
        self._turned_at = self._turns_at = float("-inf")

    def __len__(self) -> int:
        return len(self._young) + len(self._old.keys() - self._young.keys())

    def claim(self, key: Key, now: float) -> bytes | Seen:
        """What to do with a request: send these bytes again, swallow it, or (``Seen.NEW``) handle it.

        A new request is marked as in progress from here on, until :meth:`answer` or :meth:`forget`.
        """
        if now >= self._turns_at or len(self._young) >= self._generation_entries:
            self._turn(now)
        known = self._young.get(key) or self._old.get(key)
        if known is not None:
            return known
        self._young[key] = Seen.IN_PROGRESS
        return Seen.NEW

    def answer(self, key: Key, reply: bytes, now: float) -> None:
        """Keep the reply to a request that was claimed, from now on."""
        if now >= self._turns_at:
            self._turn(now)
        self._young[key] = reply

    def forget(self, key: Key) -> None:
        """Let the request be handled anew when it comes again: it was met with silence, which is no answer."""
        self._young.pop(key, None)
        self._old.pop(key, None)

    def _turn(self, now: float) -> None:
        """Start a new generation: the young one is old enough, or full."""
        age = now - self._turned_at
        # A generation that nobody has touched for twice the time has nothing left worth keeping.
        self._old = self._young if age < 2 * self._keep_seconds else {}
        self._young = {}
        self._turned_at, self._turns_at = now, now + self._keep_seconds
