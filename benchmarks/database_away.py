"""`python -m benchmarks.database_away`: what logins and accounting cost while PostgreSQL does not answer.

One server, and three times the same open load: with its database, with PostgreSQL stopped, and right after it was
started again, while what was kept meanwhile is brought into it. Then how long that took. None may be refused or stay
unanswered.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import psycopg
import typer
from rich.console import Console
from rich.progress import track

from benchmarks import load, postgresql, storms
from benchmarks.ours import Ours
from benchmarks.processors import Processors
from benchmarks.storms import WORK, Figures, storm

_CATCH_UP_SECONDS: Final = 120.0
_WRITTEN: Final = "SELECT (SELECT count(*) FROM login_decisions), (SELECT count(*) FROM sessions)"


def main(
    logins: Annotated[int, typer.Option(min=1, help="Logins in each storm; each is followed by its Start.")] = 4000,
    a_second: Annotated[int, typer.Option(min=1, help="Logins a second.")] = 1000,
    rounds: Annotated[int, typer.Option(min=1, help="How often.")] = 3,
    workers: Annotated[int | None, typer.Option(min=1, help="One a processor of the server if not given.")] = None,
    command: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Our command; this Python's if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure logins and accounting with PostgreSQL there, away, and back."""
    processors = Processors.of_this_machine()
    load.build()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=WORK) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
        cluster = postgresql.make(folder / "postgresql")
        ours = command or Path(sys.executable).with_name("hotspots")
        server = Ours("ours-postgresql", ours, workers or len(processors.server), folder, processors, cluster)
        database = partial(postgresql.serving, cluster, folder / "postgresql", processors.server)
        with database():
            server.prepare()
        wait = track(range(rounds), server.title, console=Console(stderr=True))
        found = list(storms.rows([one_round(server, database, processors, logins, a_second) for _ in wait]))
    storms.show(f"{a_second} logins a second, each with its Start", found, as_json=as_json)
    if any(row["refused"] or row["unanswered"] for row in found):
        raise typer.Exit(1)


def one_round(
    server: Ours,
    database: Callable[[], AbstractContextManager[None]],
    processors: Processors,
    logins: int,
    a_second: int,
) -> dict[str, Figures]:
    """The three storms on one server, and how long it then takes until everything is in the database."""
    with ExitStack() as there:
        there.enter_context(database())
        with server.running({}) as endpoint:
            load_of = partial(storm, endpoint, processors, {"vouchers": (endpoint.users, logins)}, a_second)
            figures = {"database there": load_of()}
            there.close()
            figures["database away"] = load_of()
            there.enter_context(database())
            figures["database back"] = load_of()
            seconds = until_written(server, 3 * logins)
    typer.echo(f"{seconds:.1f} s after the last answer all of it was in the database", err=True)
    return figures


def until_written(server: Ours, count: int) -> float:
    """Seconds until the database holds so many logins, and as many sessions.

    Raises:
        TimeoutError: They do not come within two minutes.
    """
    began = time.monotonic()
    with psycopg.connect(server.run_url or "", autocommit=True) as connection:
        while True:
            written = connection.execute(_WRITTEN).fetchone()
            waited = time.monotonic() - began
            if written is not None and min(written) >= count:
                return waited
            if waited > _CATCH_UP_SECONDS:
                raise TimeoutError(f"of {count} logins and as many sessions the database holds {written}")
            time.sleep(0.1)


if __name__ == "__main__":
    typer.run(main)
