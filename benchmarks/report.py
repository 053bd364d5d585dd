"""Writes what a run found: the goals beside what was reached, every figure, the machine, and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmarks import chart
from benchmarks.figures import Figures, Spread, figures
from benchmarks.goals import GOALS, judge_compiled
from benchmarks.rounds import Result
from benchmarks.scenarios import SCENARIOS, Scenario

MARKS: Final = {True: "reached", False: "**not reached**", None: ""}

_TEMPLATES = Environment(  # noqa: S701 - Markdown, not HTML
    loader=PackageLoader("benchmarks"), undefined=StrictUndefined, keep_trailing_newline=True
)


def write(folder: Path, run: dict[str, Any], results: Sequence[Result]) -> Path:
    """Write `results.md` and `results.svg` into a folder; gives the path of the first.

    Args:
        folder: Where to.
        run: Date, rounds, seconds, warm_up_seconds, machine and titles of the servers.
        results: All that was measured.
    """
    drawing = folder / "results.svg"
    drawing.write_text(chart.draw(results, run["servers"]))
    page = folder / "results.md"
    page.write_text(
        _TEMPLATES.get_template("results.md.j2").render(
            run=run,
            chart=drawing.name,
            goals=[(goal, goal.judge(results), judge_compiled(goal, results)) for goal in GOALS],
            marks=MARKS,
            tables=tables(results),
            cells=cells,
        )
    )
    return page


def tables(results: Sequence[Result]) -> list[tuple[Scenario, list[tuple[str, Figures]]]]:
    """The figures by scenario and server; only what was measured."""
    found = []
    for scenario in SCENARIOS:
        rows = [(name, figures(results, scenario.name, name)) for name in scenario.servers]
        rows = [(name, row) for name, row in rows if row.rounds or row.failures]
        if rows:
            found.append((scenario, rows))
    return found


def cells(row: Figures) -> list[str]:
    """Rate, p50, p99, lost, refused and errors logged, as tables show them."""
    return [
        _rate(row.rate),
        _milliseconds(row.p50_ms),
        _milliseconds(row.p99_ms),
        _percent(row.lost_percent),
        _percent(row.rejected_percent),
        str(row.errors_logged),
    ]


def _rate(spread: Spread | None) -> str:
    return f"{spread.median:,.0f} ({spread.least:,.0f} to {spread.greatest:,.0f})" if spread else "–"


def _milliseconds(spread: Spread | None) -> str:
    return f"{spread.median:,.1f}" if spread else "–"


def _percent(value: float) -> str:
    return f"{value:.2f} %" if value else "0"
