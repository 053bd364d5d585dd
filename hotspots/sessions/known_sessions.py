"""The sessions that the recorder wrote last, so that it need not read back what it has just written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hotspots.sessions.accounting import SessionState

MOST: int = 60_000
"""About 60 MB of memory; what is forgotten is read from the database again."""


class KnownSessions:
    """Row and state of sessions by key, in two generations: the younger is filled, the older dropped as a whole.

    True only while nobody else writes to the table: whoever holds it asks the database whether anybody did, and
    calls :meth:`clear` then.
    """

    def __init__(self, most: int = MOST) -> None:
        self._generation = max(1, most // 2)
        self._young: dict[str, tuple[int, SessionState]] = {}
        self._old: dict[str, tuple[int, SessionState]] = {}

    def among(self, keys: Iterable[str]) -> dict[str, tuple[int, SessionState]]:
        """Those of the keys that are known."""
        found = {}
        for key in keys:
            known = self._young.get(key) or self._old.get(key)
            if known is not None:
                found[key] = known
        return found

    def take(self, states: Mapping[str, SessionState], ids: Mapping[str, int]) -> None:
        """Remember what a transaction left, once it is committed."""
        for key, state in states.items():
            number = ids.get(key)
            if number is not None:
                self._young[key] = (number, state)
        if len(self._young) >= self._generation:
            self._old, self._young = self._young, {}

    def clear(self) -> None:
        """Forget all."""
        self._young, self._old = {}, {}
