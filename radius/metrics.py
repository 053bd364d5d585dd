"""What the RADIUS service counts: plain numbers while packets are handled, Prometheus' metrics once a second."""

from __future__ import annotations

from collections import Counter as Tallies
from typing import Final

from prometheus_client import Counter, Gauge

PACKETS: Final = Counter(
    "hotspots_radius_packets",
    "RADIUS requests by port and what became of them: accepted, refused, answered or dropped.",
    ["kind", "result"],
)
DROPS: Final = Counter("hotspots_radius_drops", "RADIUS packets met with silence, by reason.", ["kind", "reason"])
DUPLICATES: Final = Counter("hotspots_radius_duplicates", "Retransmissions of requests already known.", ["kind"])
LOGINS: Final = Counter(
    "hotspots_logins",
    "Logins decided, by method, outcome, reason of a refusal (empty when accepted) and authority.",
    ["method", "outcome", "reason", "authority"],
)
DISCONNECTS: Final = Counter(
    "hotspots_disconnects", "Disconnects sent, by result: acked, nacked or timed_out.", ["result"]
)
LIMIT_CHANGES: Final = Counter(
    "hotspots_limit_changes",
    "Changes of running sessions (CoA), by result: acked, nacked, timed_out, or replaced by a Disconnect.",
    ["result"],
)
DIRECTORY_AGE_SECONDS: Final = Gauge(
    "hotspots_radius_directory_age_seconds",
    "How long ago the copy in memory was last found to be true to the database.",
    multiprocess_mode="livemax",
)
HOST_NAMES_FAILING: Final = Gauge(
    "hotspots_radius_host_names_failing",
    "Host names of access points without an answer at the last try; their last known addresses are used.",
    multiprocess_mode="livemax",
)
PASSWORD_CHECKS: Final = Counter(
    "hotspots_radius_password_checks",
    "Slow hashes of accounts' passwords, by result: right, wrong or failed.",
    ["result"],
)
PASSWORDS_WAITING: Final = Gauge(
    "hotspots_radius_passwords_waiting",
    "Passwords of accounts that wait for their slow hash.",
    multiprocess_mode="livesum",
)


class Tally:
    """Counts of one worker, in its loop's thread; :meth:`flush` hands them on.

    Looking up a labelled metric costs more than the rest of counting, so it is done once a second.
    """

    def __init__(self) -> None:
        self.packets: Tallies[tuple[str, ...]] = Tallies()
        self.drops: Tallies[tuple[str, ...]] = Tallies()
        self.duplicates: Tallies[tuple[str, ...]] = Tallies()
        self.logins: Tallies[tuple[str, ...]] = Tallies()

    def flush(self) -> None:
        """Add what was counted since the last time to the metrics."""
        for metric, tallies in (
            (PACKETS, self.packets),
            (DROPS, self.drops),
            (DUPLICATES, self.duplicates),
            (LOGINS, self.logins),
        ):
            _hand_on(metric, tallies)


def _hand_on(metric: Counter, tallies: Tallies[tuple[str, ...]]) -> None:
    for labels, count in tallies.items():
        metric.labels(*labels).inc(count)
    tallies.clear()
