"""The commits of this process that are under way, so that one that does not end is seen.

A commit ends when it is durable. That may take as long as the disk likes, and on PostgreSQL with synchronous standbys
(``synchronous_standby_names``) until enough of them have it, too: where they are gone it waits without a word and
without an end (PostgreSQL's manual, section "Synchronous Replication").
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Gauge

WARN_AFTER_SECONDS: Final = 5.0
LOOK_EVERY_SECONDS: Final = 1.0

UNDER_WAY_SECONDS: Final = Gauge(
    "hotspots_commit_under_way_seconds",
    "How long the oldest commit that is under way has lasted, 0 where none is.",
    ["process"],
    multiprocess_mode="livemax",
)

_began: Final[dict[int, float]] = {}
"""By thread, on the monotonic clock."""

_log = logging.getLogger(__name__)


@contextmanager
def under_way() -> Iterator[None]:
    """What is done in the block is a commit of this thread: two entries in a dictionary, and nothing else."""
    thread = threading.get_ident()
    _began[thread] = time.monotonic()
    try:
        yield
    finally:
        del _began[thread]


@contextmanager
def watched(process: str) -> Iterator[None]:
    """Measure beside the block how long commits take, and warn of one that does not end.

    Args:
        process: What people call this process; the label of the metric.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(process, stop), name="commits", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _watch(process: str, stop: threading.Event) -> None:
    lasted = UNDER_WAY_SECONDS.labels(process)
    warned_of: float | None = None
    while not stop.wait(LOOK_EVERY_SECONDS):
        oldest, now = min(tuple(_began.values()), default=None), time.monotonic()
        lasted.set(0.0 if oldest is None else now - oldest)
        if warned_of is not None and warned_of != oldest:
            _log.warning("the commit of the %s that did not end is over", process)
            warned_of = None
        if oldest is not None and warned_of is None and now - oldest >= WARN_AFTER_SECONDS:
            _warn(process, now - oldest)
            warned_of = oldest


def _warn(process: str, seconds: float) -> None:
    _log.warning(
        "a commit of the %s has not ended since %s (%.0f s), and nothing that waits for it is answered. On PostgreSQL "
        "compare synchronous_standby_names with pg_stat_replication: while a synchronous standby is gone, no commit "
        "ends. If none is asked for, look at the disk of the database",
        process,
        (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="seconds"),
        seconds,
    )
