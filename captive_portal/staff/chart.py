"""The chart of the last days as a Plotly figure: plain data, drawn by the browser from the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext

from captive_portal.figures import octets
from captive_portal.staff import words
from hotspots.sessions.usage import UsageSum


def figure(days: Mapping[date, UsageSum]) -> dict[str, Any]:
    """Octets a day (down and up, stacked) above sessions a day.

    Colours are names of the style sheet's properties; the page's script puts in what they are, so that the chart
    follows the reader's colour scheme.
    """
    labels = [words.day(day) for day in days]
    sums = list(days.values())
    return {
        "data": [
            _bars(labels, gettext("Down"), "--down", [s.octets_down for s in sums], octets),
            _bars(labels, gettext("Up"), "--up", [s.octets_up for s in sums], octets),
            _bars(labels, gettext("Sessions"), "--sessions", [s.sessions_started for s in sums], words.number)
            | {"xaxis": "x2", "yaxis": "y2", "showlegend": False},
        ],
        "layout": _layout(max((s.octets for s in sums), default=0)),
    }


def _bars(labels: list[str], name: str, colour: str, values: list[int], as_words: Any) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": labels,
        "y": values,
        "customdata": [as_words(value) for value in values],
        "hovertemplate": "%{customdata}<extra>" + name + "</extra>",
        "marker": {"color": f"var({colour})"},
    }


def _layout(most_octets: int) -> dict[str, Any]:
    ticks = _ticks(most_octets)
    return {
        "barmode": "stack",
        "bargap": 0.35,
        "height": 380,
        "margin": {"l": 70, "r": 12, "t": 34, "b": 30},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        "xaxis": {"anchor": "y", "showticklabels": False, "showgrid": False, "matches": "x2", "fixedrange": True},
        "yaxis": {
            "domain": [0.4, 1],
            "tickvals": ticks,
            "ticktext": [octets(tick) for tick in ticks],
            "rangemode": "tozero",
            "fixedrange": True,
        },
        "xaxis2": {"anchor": "y2", "showgrid": False, "fixedrange": True},
        "yaxis2": {
            "domain": [0, 0.28],
            "title": {"text": gettext("Sessions")},
            "rangemode": "tozero",
            "nticks": 4,
            "fixedrange": True,
        },
    }


def _ticks(most: int) -> list[int]:
    """Up to five round values from zero to ``most``: steps of 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return [0]
    step = 1
    for factor in _steps():
        step = factor
        if most // step <= 4:
            break
    return list(range(0, most + 1, step))


def _steps() -> Any:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
