"""Log lines about strangers: at most one a second and source, whatever is sent."""

from __future__ import annotations

import logging

EVERY_SECONDS = 1.0
MOST_SOURCES = 100


class LogOnce:
    """Warnings by source, bounded in number and in memory.

    A flood from many invented addresses gives at most ``MOST_SOURCES`` lines in ``EVERY_SECONDS``; the counters
    know of all that was left out.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._logged_at: dict[str, float] = {}

    def warn(self, source: str, now: float, message: str, *arguments: object) -> None:
        """Log a warning, unless there was one about this source less than a second ago (``now``: monotonic)."""
        last = self._logged_at.get(source)
        if last is not None and now - last < EVERY_SECONDS:
            return
        if len(self._logged_at) >= MOST_SOURCES:
            self._logged_at = {name: at for name, at in self._logged_at.items() if now - at < EVERY_SECONDS}
            if len(self._logged_at) >= MOST_SOURCES:
                return
        self._logged_at[source] = now
        self._log.warning(message, *arguments)
