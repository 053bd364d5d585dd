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

Slot = tuple[object, bytes]
"""Where a peer waits for one answer at a time: its address and port, or connection, and the code and identifier.

Logins that nothing proves to come from there have slots of their own (:mod:`radius.receiving`).
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

    A new request takes the slot of an older one that has no answer yet; the older one gets none any more. Taken
    slots are as many as requests in progress, whose number has its bounds where they wait.
    """

    def __init__(self, keep_seconds: float = KEEP_SECONDS, max_entries: int = MAX_ENTRIES) -> None:
        self._keep_seconds = keep_seconds
        self._generation_entries = max(1, max_entries // 2)
        self._young: dict[Key, bytes | Seen] = {}
        self._old: dict[Key, bytes | Seen] = {}
        self._newest: dict[Slot, Key] = {}
        self._turned_at = self._turns_at = float("-inf")

    def __len__(self) -> int:
        return len(self._young) + len(self._old.keys() - self._young.keys())

    def claim(self, key: Key, slot: Slot, now: float) -> bytes | Seen:
        """What to do with a request: send these bytes again, swallow it, or (``Seen.NEW``) handle it.

        A new request is marked as in progress from here on, until :meth:`answer` or :meth:`forget`, and supersedes
        the one that had its slot.
        """
        if now >= self._turns_at or len(self._young) >= self._generation_entries:
            self._turn(now)
        known = self._young.get(key) or self._old.get(key)
        if known is not None:
            return known
        self._young[key] = Seen.IN_PROGRESS
        self._newest[slot] = key
        return Seen.NEW

    def answer(self, key: Key, slot: Slot, reply: bytes, now: float) -> bool:
        """Keep the reply to a request that was claimed, from now on; False where it is not to be sent.

        It is not where the request was superseded meanwhile: whoever asked waits for another answer by now.
        """
        if self._newest.get(slot) != key:
            return False
        del self._newest[slot]
        if now >= self._turns_at:
            self._turn(now)
        self._young[key] = reply
        return True

    def is_superseded(self, key: Key, slot: Slot) -> bool:
        """Whether a newer request has taken the slot of one that is in progress."""
        return self._newest.get(slot) != key

    def forget(self, key: Key, slot: Slot) -> None:
        """Let the request be handled anew when it comes again: it was met with silence, which is no answer."""
        if self._newest.get(slot) == key:
            del self._newest[slot]
        self._young.pop(key, None)
        self._old.pop(key, None)

    def _turn(self, now: float) -> None:
        """Start a new generation: the young one is old enough, or full."""
        age = now - self._turned_at
        # A generation that nobody has touched for twice the time has nothing left worth keeping.
        self._old = self._young if age < 2 * self._keep_seconds else {}
        self._young = {}
        self._turned_at, self._turns_at = now, now + self._keep_seconds
