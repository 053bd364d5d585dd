"""The scheduler: runs each job when it is due, one after the other, until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import entry_points
from typing import Final

from prometheus_client import Counter, Gauge

from hotspots.database import Database
from hotspots.jobs.ended_holds import delete_ended_holds
from hotspots.jobs.expired_access import delete_expired_grants, delete_expired_tickets
from hotspots.jobs.former_secrets import drop_former_secrets
from hotspots.jobs.nightly_backup import back_up_nightly
from hotspots.jobs.old_accounts import delete_expired_accounts, erase_names_of_deleted_accounts
from hotspots.jobs.old_audit_entries import delete_old_audit_entries
from hotspots.jobs.old_codes import delete_old_codes
from hotspots.jobs.old_fault_reports import delete_old_fault_reports
from hotspots.jobs.old_notices import delete_old_notices
from hotspots.jobs.old_passes import delete_old_passes
from hotspots.jobs.old_sponsor_requests import delete_old_sponsor_requests
from hotspots.jobs.retention import delete_old_commands, delete_old_decisions, erase_old_sessions
from hotspots.jobs.session_months import make_months
from hotspots.jobs.stale_sessions import close_stale_sessions
from hotspots.settings import Settings

JOB_RUNS = Counter("hotspots_job_runs", "Runs of scheduled jobs, by job and outcome.", ["job", "outcome"])
JOB_ROWS = Counter("hotspots_job_rows", "Rows that scheduled jobs closed, emptied or deleted, by job.", ["job"])
JOB_LAST_SUCCESS = Gauge(
    "hotspots_job_last_success_timestamp_seconds",
    "When a scheduled job last ended well (seconds since 1970).",
    ["job"],
    multiprocess_mode="max",
)

ENTRY_POINTS: Final = "hotspots.jobs"
"""Where a room registers a function that gives its own jobs, by the settings."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every ``interval_seconds``; ``run`` returns how many rows it changed."""

    name: str
    interval_seconds: float
    run: Callable[[Database, datetime], int]


JOBS: Final = (
    Job("make_session_months", 3600, make_months),
    Job("close_stale_sessions", 60, close_stale_sessions),
    Job("delete_expired_tickets", 600, delete_expired_tickets),
    Job("delete_expired_grants", 3600, delete_expired_grants),
    Job("delete_old_notices", 3600, delete_old_notices),
    Job("delete_old_codes", 3600, delete_old_codes),
    Job("delete_old_sponsor_requests", 3600, delete_old_sponsor_requests),
    Job("delete_old_fault_reports", 3600, delete_old_fault_reports),
    Job("delete_old_passes", 3600, delete_old_passes),
    Job("delete_ended_holds", 3600, delete_ended_holds),
    Job("erase_old_sessions", 3600, erase_old_sessions),
    Job("delete_old_decisions", 3600, delete_old_decisions),
    Job("delete_old_commands", 3600, delete_old_commands),
    Job("delete_expired_accounts", 3600, delete_expired_accounts),
    Job("erase_names_of_deleted_accounts", 3600, erase_names_of_deleted_accounts),
)


def jobs(settings: Settings, stop: threading.Event) -> tuple[Job, ...]:
    """All jobs that the settings ask for; a long one gives up once ``stop`` is set."""
    unused_for = timedelta(days=settings.former_secret_days)
    kept_for = timedelta(days=settings.audit_days)
    registered = (entry.load()(settings) for entry in entry_points(group=ENTRY_POINTS))
    of_rooms = (job for offered in registered for job in offered)
    chosen = (
        *JOBS,
        *of_rooms,
        Job("drop_former_secrets", 3600, partial(drop_former_secrets, unused_for=unused_for)),
        Job("delete_old_audit_entries", 3600, partial(delete_old_audit_entries, kept_for=kept_for)),
    )
    if not settings.backup_nightly:
        return chosen
    return (*chosen, Job("back_up_nightly", 1800, partial(back_up_nightly, settings=settings, stop=stop)))


@dataclass
class Scheduler:
    """Runs jobs until ``stop`` is set; each at once, then ``interval_seconds`` after it began."""

    database: Database
    jobs: Sequence[Job] = JOBS
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def run(self) -> None:
        """Work until told to stop; a job that fails is logged, counted and tried again at its next time."""
        due = {job.name: 0.0 for job in self.jobs}
        while not self.stop.is_set():
            for job in self.jobs:
                if self.stop.is_set():
                    return
                if due[job.name] <= time.monotonic():
                    due[job.name] = time.monotonic() + job.interval_seconds
                    self.run_once(job)
            self.stop.wait(max(0.0, min(due.values()) - time.monotonic()))

    def run_once(self, job: Job) -> None:
        """Run one job now and count how it went."""
        now = self.clock()
        try:
            rows = job.run(self.database, now)
        except Exception:
            _log.exception("the job %s failed; it is tried again in %.0f s", job.name, job.interval_seconds)
            JOB_RUNS.labels(job.name, "failed").inc()
            return
        JOB_RUNS.labels(job.name, "succeeded").inc()
        JOB_ROWS.labels(job.name).inc(rows)
        JOB_LAST_SUCCESS.labels(job.name).set(now.timestamp())
