"""`python -m benchmarks`: measures, writes down, and says what was reached."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from benchmarks import load, machine, postgresql, record, report
from benchmarks.goals import GOALS
from benchmarks.processors import Processors
from benchmarks.rounds import Bench, Result
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.servers import Server, servers

HERE = Path(__file__).parent
OUT = HERE / "out"
OURS = Path(sys.executable).with_name("hotspots")
ENOUGH_ROUNDS = 5
# On disk even where /tmp is memory, whose fsync would flatter everybody.
WORK = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a random name

_console = Console()


def main(
    only: Annotated[list[str] | None, typer.Option(help="Only this scenario; may be repeated.")] = None,
    server: Annotated[list[str] | None, typer.Option(help="Only this server; may be repeated.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = ENOUGH_ROUNDS,
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds that a measurement takes.")] = 3.0,
    warm_up: Annotated[float, typer.Option(min=0.1, help="Seconds of load before it.")] = 1.0,
    workers: Annotated[int | None, typer.Option(min=1, help="Our workers; one a processor if not given.")] = None,
    command: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Our command; this Python's if not given.")
    ] = None,
    compiled: Annotated[
        Path | None,
        typer.Option(exists=True, help="Our command, compiled (docs/scaling.md): measured beside the other."),
    ] = None,
    again: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Measure nothing: report this record again.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write goals and figures here, too.")] = None,
) -> None:
    """Measure our server and FreeRADIUS in alternating rounds on this machine.

    A complete run writes results.md and results.svg beside this file; one with fewer scenarios, servers or rounds
    writes them into out/. There every run leaves its record, too, as JSON lines.
    """
    OUT.mkdir(exist_ok=True)
    if compiled and not machine.is_compiled(compiled):
        raise typer.BadParameter(f"{compiled} is not compiled: build it with HOTSPOTS_COMPILE=1 (docs/scaling.md)")
    if again:
        run, results = _recorded(again)
    else:
        scenarios = _chosen(only)
        names = _servers_of(scenarios, server, with_compiled=compiled is not None)
        complete = not only and not server and rounds >= ENOUGH_ROUNDS
        times = {"rounds": rounds, "seconds": seconds, "warm_up_seconds": warm_up, "complete": complete}
        run, results = _measure(scenarios, names, workers, command or OURS, compiled, times)
    page = report.write(HERE if run["complete"] else OUT, run, results)
    if json_file:
        json_file.write_text(json.dumps(_document(run, results), indent=2, ensure_ascii=False) + "\n")
    _show(results, run)
    _console.print(f"Written to {page}")
    if any(result.failure and result.server.startswith("ours-") for result in results):
        raise typer.Exit(1)


def _chosen(only: Sequence[str] | None) -> list[Scenario]:
    known = {scenario.name: scenario for scenario in SCENARIOS}
    unknown = set(only or ()) - known.keys()
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are only {', '.join(known)}")
    return [scenario for scenario in SCENARIOS if not only or scenario.name in only]


def _recorded(path: Path) -> tuple[dict[str, Any], list[Result]]:
    try:
        return record.read(path)
    except (ValueError, LookupError, TypeError) as error:
        raise typer.BadParameter(f"{path} is no record of a run: such ones are in {OUT}") from error


def _servers_of(scenarios: Sequence[Scenario], asked: Sequence[str] | None, *, with_compiled: bool) -> set[str]:
    """The names of the servers that are put under these scenarios; of them those that were asked for."""
    every = dict.fromkeys(name for scenario in scenarios for name in scenario.servers)
    there = [name for name in every if with_compiled or not name.endswith("-compiled")]
    unknown = set(asked or ()) - set(there)
    if unknown:
        where = ", ".join(scenario.name for scenario in scenarios)
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: under {where} there are only {', '.join(there)}")
    return set(asked or there)


def _measure(
    scenarios: Sequence[Scenario],
    names: set[str],
    workers: int | None,
    command: Path,
    compiled: Path | None,
    times: dict[str, Any],
) -> tuple[dict[str, Any], list[Result]]:
    """Everything that is needed is made in a folder that is gone afterwards."""
    processors = Processors.of_this_machine()
    load.build()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=WORK) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through; files are private by themselves
        run = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine.facts(processors, folder),
            **times,
        }
        with postgresql.running(folder / "postgresql", processors.server) as cluster:
            every = servers(command, compiled, workers or len(processors.server), folder, processors, cluster)
            chosen = {name: server for name, server in every.items() if name in names}
            run["servers"] = {name: server.title for name, server in chosen.items()}
            bench = Bench(processors, run["rounds"], run["seconds"], run["warm_up_seconds"], folder)
            return run, _with_progress(bench, scenarios, chosen, run)


def _with_progress(
    bench: Bench, scenarios: Sequence[Scenario], chosen: dict[str, Server], run: dict[str, Any]
) -> list[Result]:
    path = OUT / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    record.append(path, run)
    _console.print(f"Each result goes to {path}")
    results: list[Result] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=_console) as progress:
        preparing = progress.add_task("Preparing", total=len(chosen))
        for server in chosen.values():
            progress.update(preparing, description=f"Preparing {server.title}")
            server.prepare()
            progress.advance(preparing)
        progress.remove_task(preparing)
        turns = bench.rounds * sum(name in chosen for one in scenarios for name in one.servers)
        task = progress.add_task("", total=turns)
        for result in bench.measure(
            scenarios,
            chosen,
            lambda scenario, server, number: progress.update(
                task, description=f"Round {number + 1}: {scenario.name}, {server.title}"
            ),
        ):
            record.append(path, asdict(result))
            results.append(result)
            progress.advance(task)
    return results


def _document(run: dict[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    judged = [(goal, goal.judge(results)) for goal in GOALS]
    return {
        "run": run,
        "goals": [{"what": goal.what, "goal": goal.wanted, **asdict(verdict)} for goal, verdict in judged],
        "figures": {
            scenario.name: {name: asdict(figures) for name, figures in rows}
            for scenario, rows in report.tables(results)
        },
    }


def _show(results: Sequence[Result], run: dict[str, Any]) -> None:
    for scenario, rows in report.tables(results):
        table = Table(title=scenario.title, title_justify="left", header_style="bold")
        for name in ("server", "answers/s", "p50 ms", "p99 ms", "lost", "refused", "errors"):
            table.add_column(name, justify="left" if name == "server" else "right")
        for name, row in rows:
            table.add_row(run["servers"][name], *report.cells(row))
        _console.print(table)
        for name, row in rows:
            for failure in row.failures:
                _console.print(f"{run['servers'][name]}: {failure}", style="red", markup=False, highlight=False)
    goals = Table(title="Goals", title_justify="left", header_style="bold")
    for name in ("what", "goal", "measured", ""):
        goals.add_column(name)
    for goal in GOALS:
        verdict = goal.judge(results)
        goals.add_row(goal.what, goal.wanted, verdict.measured, report.MARKS[verdict.reached].strip("*"))
    _console.print(goals)


if __name__ == "__main__":
    typer.run(main)
