"""Storms of logins that do not wait for the server, as gateways send them that come back all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import load, postgresql
from benchmarks.load import BadReplyError, Endpoint
from benchmarks.ours import Ours
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors, pinned

WORK: Final = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a random name
_GATEWAYS: Final = ("-m", "storm", "--storm", "full", "--timeout", "3000", "--retries", "2")
_WAITING_SECONDS: Final = 120
_WIDTH_OF_A_PIPE: Final = 140

Figures = dict[str, dict[str, Any]]
"""What radload said of each part of a storm."""


def storm(endpoint: Endpoint, processors: Processors, parts: dict[str, tuple[Path, int]], a_second: int) -> Figures:
    """All parts of a storm at once, each (its users, how many logins) from a generator of its own.

    ``a_second`` logins in all, whatever the server does. Each that is let in sends its Start.
    """
    total = sum(count for _, count in parts.values())
    started = {
        name: subprocess.Popen(
            pinned(
                processors.generator,
                load.command(
                    replace(endpoint, users=users),
                    1,
                    [*_GATEWAYS, "-n", str(count), "--rate", str(a_second * count / total)],
                ),
            ),
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, (users, count) in parts.items()
    }
    return {name: _said(process) for name, process in started.items()}


def _said(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate(timeout=_WAITING_SECONDS)
    document: dict[str, Any] = json.loads(output)
    wrong = {name: document[name] for name in ("badauth", "badma", "challenge", "noslot") if document[name]}
    if wrong:
        raise BadReplyError(f"radload does not accept these answers: {wrong}")
    return document


def rows(rounds: list[dict[str, Figures]]) -> Iterator[dict[str, object]]:
    """One row for each storm and kind of packet; times are medians over the rounds, the worst is the worst."""
    for name in rounds[0]:
        for part in rounds[0][name]:
            told = [one[name][part] for one in rounds]
            lost, refused = (sum(one[field] for one in told) for field in ("lost", "reject"))
            for kind, words in (("auth", f"logins with {part}"), ("start", f"accounting of {part}")):
                kinds = [one["kinds"][kind] for one in told if kind in one["kinds"]]
                if kinds:
                    yield {
                        "storm": name,
                        "what": words,
                        "answers": sum(one["replies"] for one in kinds),
                        "p50_ms": median(one["p50_us"] for one in kinds) / 1000,
                        "p99_ms": median(one["p99_us"] for one in kinds) / 1000,
                        "worst_ms": max(one["max_us"] for one in kinds) / 1000,
                        "refused": refused if kind == "auth" else 0,
                        "unanswered": lost,
                        "asked_again": sum(one["retx"] for one in told),
                    }


@contextmanager
def a_server(command: Path, store: str, workers: int, processors: Processors, folder: Path) -> Iterator[Ours]:
    """Our server on one of the stores, with its database made."""
    folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
    cluster = (
        postgresql.running(folder / "postgresql", processors.server) if store == "postgresql" else nullcontext()
    )
    with cluster as running:
        known: Cluster | None = running
        server = Ours(f"ours-{store}", command, workers, folder, processors, known)
        server.prepare()
        yield server


def show(title: str, found: list[dict[str, object]], *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table(title=title, title_justify="left")
    for column in found[0]:
        table.add_column(column, justify="left" if column in {"storm", "what"} else "right")
    for row in found:
        table.add_row(*(f"{value:.1f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE).print(table)
