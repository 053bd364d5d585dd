"""`python -m benchmarks.nodes`: two nodes, a standby and a connection pool beside one node, each under the same load.

Nothing may be refused, stay unanswered, or be missing in the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import psycopg
import typer
from rich.console import Console
from rich.progress import track

from benchmarks import load, postgresql, storms
from benchmarks.load import Endpoint, Measurement
from benchmarks.nodes import books
from benchmarks.nodes.arrangements import ARRANGEMENTS, Bench, Standing
from benchmarks.processors import Processors, pinned
from benchmarks.rounds import rotated

_IN_FLIGHT: Final = 64
_WAITING_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of a load that all nodes were put under at once: their rates together, times of the slower one."""

    a_second: float
    p50_ms: float
    p99_ms: float
    refused: int
    unanswered: int
    answered: list[int]
    """By each node, before and after the measured time, too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one arrangement in one round."""

    logins: Offered
    accounting: Offered
    missing: int
    connections: int
    listening: int
    behind_seconds: float | None


def main(
    seconds: Annotated[float, typer.Option(min=1, help="Of each load.")] = 4.0,
    rounds: Annotated[int, typer.Option(min=1, help="How often, in another order each time.")] = 2,
    command: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Our command; this Python's if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, of each round.")] = False,
) -> None:
    """Measure one node, two nodes, one with a standby, and one through PgBouncer, on a PostgreSQL of their own."""
    processors = Processors.of_this_machine()
    load.build()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=storms.WORK) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
        with postgresql.running(folder / "postgresql", processors.server) as cluster:
            ours = command or Path(sys.executable).with_name("hotspots")
            bench = Bench(ours, folder, processors, cluster)
            bench.prepare()
            order = [each for number in range(rounds) for each in rotated(list(ARRANGEMENTS), number)]
            found: dict[str, list[Found]] = {each: [] for each in ARRANGEMENTS}
            busy = os.getloadavg()[0]
            for each in track(order, "measuring", console=Console(stderr=True)):
                with ARRANGEMENTS[each](bench) as standing:
                    found[each].append(_measure(standing, processors, folder, seconds))
    if as_json:
        document = {name: [asdict(one) for one in each] for name, each in found.items()}
        typer.echo(json.dumps({"load_average": busy, "arrangements": document}, indent=2))
    else:
        title = f"{_IN_FLIGHT} in flight in all, median of {rounds}; load average before it: {busy:.1f}"
        storms.show(title, list(_rows(found)), as_json=False)
    every = [one for each in found.values() for one in each]
    if any(
        one.missing or load.refused or load.unanswered for one in every for load in (one.logins, one.accounting)
    ):
        raise typer.Exit(1)


def _measure(standing: Standing, processors: Processors, folder: Path, seconds: float) -> Found:
    """Logins, then accounting, on all nodes at once; then what the database holds."""
    times = ["-t", str(seconds), "-W", "1", "--timeout", "5000"]
    with psycopg.connect(standing.url, autocommit=True) as connection:
        logins = _offer(standing, processors, [["-m", "auth", *times] for _ in standing.nodes])
        missing = sum(
            books.logins_missing(connection, books.addresses(node), answered)
            for node, answered in zip(standing.nodes, logins.answered, strict=True)
        )
        journals = [folder / f"journal-{number}" for number in range(len(standing.nodes))]
        accounting = _offer(
            standing, processors, [["-m", "acct", *times, "--journal", str(journal)] for journal in journals]
        )
        behind = books.seconds_behind(connection, standing.standby_url) if standing.standby_url else None
        missing += books.reports_missing(connection, journals)
        return Found(logins, accounting, missing, *books.connected(connection), behind)


def _offer(standing: Standing, processors: Processors, arguments: list[list[str]]) -> Offered:
    many = len(standing.nodes)
    with ThreadPoolExecutor(many) as generators:
        told = list(
            generators.map(
                lambda node, each: _radload(node, processors, [*each, "-w", str(_IN_FLIGHT // many)]),
                standing.nodes,
                arguments,
            )
        )
    measured = [one for one, _ in told]
    return Offered(
        sum(one.rps for one in measured),
        max(one.p50_us for one in measured) / 1000,
        max(one.p99_us for one in measured) / 1000,
        sum(one.reject for one in measured),
        sum(one.lost for one in measured),
        [answered for _, answered in told],
    )


def _radload(node: Endpoint, processors: Processors, arguments: list[str]) -> tuple[Measurement, int]:
    """One generator's measurement, and all answers that it had."""
    done = subprocess.run(
        pinned(processors.generator, load.command(node, 1, arguments)),
        capture_output=True,
        text=True,
        check=False,
        timeout=_WAITING_SECONDS,
    )
    return load.measured(done), int(json.loads(done.stdout)["all_replies"])


def _rows(found: dict[str, list[Found]]) -> Iterator[dict[str, object]]:
    for name, rounds in found.items():
        behind = [one.behind_seconds for one in rounds if one.behind_seconds is not None]
        yield {
            "what": name,
            "logins/s": f"{median(one.logins.a_second for one in rounds):,.0f}",
            "p50 / p99 ms": _times([one.logins for one in rounds]),
            "accounting/s": f"{median(one.accounting.a_second for one in rounds):,.0f}",
            "p50 / p99 ms ": _times([one.accounting for one in rounds]),
            "refused": sum(one.logins.refused for one in rounds),
            "unanswered": sum(one.logins.unanswered + one.accounting.unanswered for one in rounds),
            "missing": sum(one.missing for one in rounds),
            "connections": max(one.connections for one in rounds),
            "standby behind": f"{max(behind) * 1000:.0f} ms" if behind else "",
        }


def _times(rounds: list[Offered]) -> str:
    return f"{median(one.p50_ms for one in rounds):.1f} / {median(one.p99_ms for one in rounds):.1f}"


if __name__ == "__main__":
    typer.run(main)
