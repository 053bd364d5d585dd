"""`hotspots scheduler`: what is due from time to time."""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

import typer

from hotspots.database import open_database
from hotspots.processes import notify
from hotspots.processes.scheduler import Scheduler, jobs
from hotspots.settings import load_settings
from hotspots.storage import commits, migrate

NICENESS: Final = 10
"""What is due from time to time waits for what residents wait for (nice(2))."""

app = typer.Typer()


@app.command(epilog="Example: hotspots scheduler")
def scheduler() -> None:
    """Close silent sessions, keep to the retention days, save everything at night, tidy up; SIGTERM stops it."""
    os.nice(NICENESS)
    settings = load_settings()
    database = open_database(settings)
    migrate.check(database.engine, may_be_away=True)
    stop = threading.Event()
    work = Scheduler(database, jobs(settings, stop), stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    notify.ready(f"{len(work.jobs)} jobs")
    with commits.watched("scheduler"):
        work.run()
    notify.stopping()
    database.close()
