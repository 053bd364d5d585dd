"""What the rounds say together: medians, their spread, and ratios within each round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

from benchmarks.load import Measurement
from benchmarks.rounds import Result


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of a series, with its least and its greatest value."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Figures:
    """One server in one scenario.

    Attributes:
        rounds: Rounds that gave a measurement.
        rate: Answers a second.
        p50_ms: Median time to an answer, ms.
        p99_ms: 99th percentile of it, ms.
        lost_percent: Requests never answered, in percent of all.
        rejected_percent: Logins with the right password that were refused, in percent of the answered.
        retransmitted: Retransmissions in all rounds.
        errors_logged: Lines of its log that speak of an error, in all rounds.
        failures: Why rounds gave none, a line each.
    """

    rounds: int
    rate: Spread | None
    p50_ms: Spread | None
    p99_ms: Spread | None
    lost_percent: float
    rejected_percent: float
    retransmitted: int
    errors_logged: int
    failures: tuple[str, ...]

    @classmethod
    def of(cls, results: Iterable[Result]) -> Self:
        """Over all rounds of one server in one scenario."""
        results = list(results)
        measured = [result.measurement for result in results if result.measurement]
        replies, lost = sum(one.replies for one in measured), sum(one.lost for one in measured)
        logins = sum(one.accept + one.reject for one in measured)
        return cls(
            len(measured),
            _spread([one.rps for one in measured]),
            _spread([one.p50_us / 1000 for one in measured]),
            _spread([one.p99_us / 1000 for one in measured]),
            100 * lost / (replies + lost) if replies + lost else 0.0,
            100 * sum(one.reject for one in measured) / logins if logins else 0.0,
            sum(one.retx for one in measured),
            sum(result.errors_logged for result in results),
            tuple(result.failure.splitlines()[0] for result in results if result.failure),
        )


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread.of(values) if values else None


def figures(results: Iterable[Result], scenario: str, server: str) -> Figures:
    """The figures of one server in one scenario."""
    return Figures.of(one for one in results if one.scenario == scenario and one.server == server)


def ratio(results: Iterable[Result], scenario: str, ours: str, theirs: str) -> Spread | None:
    """How many times as many answers a second: the ratio within each round, then its median over the rounds."""
    rates: dict[int, dict[str, Measurement]] = {}
    for one in results:
        if one.scenario == scenario and one.measurement:
            rates.setdefault(one.round, {})[one.server] = one.measurement
    ratios = [
        pair[ours].rps / pair[theirs].rps
        for pair in rates.values()
        if ours in pair and theirs in pair and pair[theirs].rps
    ]
    return _spread(ratios)
