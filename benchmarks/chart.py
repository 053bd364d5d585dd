"""A plot of the rates: a panel for each load, a bar for each server, a line from the worst to the best round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmarks.figures import figures
from benchmarks.rounds import Result
from benchmarks.scenarios import SCENARIOS, Scenario

_WIDTH: Final = 1040
_LEFT: Final = 480
_BAR_SPACE: Final = 420
_BAR_STEP: Final = 24
_PANEL_GAP: Final = 40

_TEMPLATES = Environment(loader=PackageLoader("benchmarks"), undefined=StrictUndefined, autoescape=True)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; lengths in the units of the drawing."""

    title: str
    ours: bool
    y: int
    width: float
    least: float
    greatest: float
    value: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One load."""

    title: str
    y: int
    bars: list[Bar]


def draw(results: Sequence[Result], titles: Mapping[str, str]) -> str:
    """The SVG. A storm has no panel: its rate is given from outside."""
    panels: list[Panel] = []
    y = _PANEL_GAP
    for scenario in SCENARIOS:
        panel = _panel(scenario, results, titles, y)
        if panel.bars and not scenario.storm:
            panels.append(panel)
            y += len(panel.bars) * _BAR_STEP + 2 * _PANEL_GAP
    return _TEMPLATES.get_template("chart.svg.j2").render(
        width=_WIDTH, height=y - _PANEL_GAP, left=_LEFT, panels=panels
    )


def _panel(scenario: Scenario, results: Sequence[Result], titles: Mapping[str, str], y: int) -> Panel:
    rates = {name: figures(results, scenario.name, name).rate for name in scenario.servers}
    measured = {name: rate for name, rate in rates.items() if rate}
    longest = max((rate.greatest for rate in measured.values()), default=0) or 1
    scale = _BAR_SPACE / longest
    bars = [
        Bar(
            titles[name],
            name.startswith("ours-"),
            y + 14 + number * _BAR_STEP,
            rate.median * scale,
            rate.least * scale,
            rate.greatest * scale,
            f"{rate.median:,.0f}",
        )
        for number, (name, rate) in enumerate(measured.items())
    ]
    return Panel(scenario.title, y, bars)
