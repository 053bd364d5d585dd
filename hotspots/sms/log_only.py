"""No provider: the message is written into the log, for trying everything else."""

from __future__ import annotations

import itertools
import logging

_log = logging.getLogger(__name__)


class LogOnly:
    """Sends nothing. Whoever reads the log reads the codes, so it is for trying only."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def send(self, number: str, text: str) -> str:
        """Write the message into the log, as a warning, since it reached nobody."""
        _log.warning("not sent, because sms_provider is log-only: to %s: %s", number, text)
        return f"log-{next(self._numbers)}"
