"""What the recorder counts."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

COMMIT_SECONDS: Final = Histogram(
    "hotspots_radius_commit_seconds",
    "How long the group commits of accounting and logins took.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
COMMIT_FAILURES: Final = Counter("hotspots_radius_commit_failures", "Group commits that the database refused.")
SPOOL_OCTETS: Final = Gauge(
    "hotspots_spool_octets",
    "What was answered and waits on local disk for the database, in octets.",
    multiprocess_mode="livesum",
)
SPOOL_AGE_SECONDS: Final = Gauge(
    "hotspots_spool_age_seconds", "How long the oldest of it has been waiting.", multiprocess_mode="livemax"
)
