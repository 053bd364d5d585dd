"""Log lines about strangers: at most one a second and source, whatever is sent."""

from __future__ import annotations

import logging

EVERY_SECONDS = 1.0
MOST_SOURCES = 100


class LogOnce:
    """Warnings by source, bounded in number and in memory.

    A flood from many invented addresses gives at most ``MOST_SOURCES`` lines in ``every_seconds``; the counters
    know of all that was left out.
    """

    def __init__(self, log: logging.Logger, every_seconds: float = EVERY_SECONDS) -> None:
        self._log = log
        self._every_seconds = every_seconds
        self._logged_at: dict[str, float] = {}

    def warn(self, source: str, now: float, message: str, *arguments: object) -> None:
        """Log a warning, unless there was one about this source so short a time ago (``now``: monotonic)."""
        last = self._logged_at.get(source)
        if last is not None and now - last < self._every_seconds:
            return
        if len(self._logged_at) >= MOST_SOURCES:
            self._logged_at = {name: at for name, at in self._logged_at.items() if now - at < self._every_seconds}
            if len(self._logged_at) >= MOST_SOURCES:
                return
        self._logged_at[source] = now
        self._log.warning(message, *arguments)
