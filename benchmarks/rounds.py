"""Measures in rounds: in each every server has its turn, so that a slow minute of the machine meets them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks import load, slow_sync
from benchmarks.load import BadReplyError, Measurement
from benchmarks.processes import NeverReadyError, errors_in
from benchmarks.processors import Processors
from benchmarks.scenarios import Scenario
from benchmarks.servers import Server

Taking = TypeVar("Taking")
"""Who takes turns."""

_WARM_UP = ("-m", "auth", "-w", "64", "--timeout", "5000")


@dataclass(frozen=True, slots=True)
class Result:
    """What one server did in one round of one scenario: a measurement, or why there is none.

    ``errors_logged`` counts the lines of the server's log that speak of an error.
    """

    scenario: str
    server: str
    round: int
    measurement: Measurement | None
    errors_logged: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """How everything is measured.

    Attributes:
        processors: Where servers and generator run.
        rounds: How many rounds.
        seconds: How long a measurement takes; a storm takes as long as it takes.
        warm_up_seconds: How long the load is offered before it counts.
        folder: Where the slow disk is compiled.
    """

    processors: Processors
    rounds: int
    seconds: float
    warm_up_seconds: float
    folder: Path

    def measure(
        self,
        scenarios: Sequence[Scenario],
        servers: Mapping[str, Server],
        begins: Callable[[Scenario, Server, int], None],
    ) -> Iterator[Result]:
        """Each result as soon as it is there; `begins` is told what is measured next."""
        for scenario in scenarios:
            taking_part = [servers[name] for name in scenario.servers if name in servers]
            for number in range(self.rounds):
                for server in rotated(taking_part, number):
                    begins(scenario, server, number)
                    yield self._one(scenario, server, number)

    def _one(self, scenario: Scenario, server: Server, number: int) -> Result:
        environment = slow_sync.environment(self.folder) if scenario.slow_sync else {}
        try:
            with server.running(environment) as endpoint:
                measurement = self._load(scenario, endpoint)
                errors_logged = errors_in(endpoint.log)
        except (BadReplyError, NeverReadyError) as error:
            # A server that breaks down is a finding, and the others are still to be measured.
            return Result(scenario.name, server.name, number, None, failure=str(error))
        return Result(scenario.name, server.name, number, measurement, errors_logged)

    def _load(self, scenario: Scenario, endpoint: load.Endpoint) -> Measurement:
        generator = self.processors.generator
        if scenario.storm:
            load.run(endpoint, generator, [*_WARM_UP, "-t", str(self.warm_up_seconds), "-W", "0"])
            return load.run(endpoint, generator, list(scenario.arguments))
        times = ["-t", str(self.seconds), "-W", str(self.warm_up_seconds)]
        return load.run(endpoint, generator, [*scenario.arguments, *times])


def rotated(servers: Sequence[Taking], number: int) -> list[Taking]:
    """Another order in each round, so that nobody always follows the same."""
    if not servers:
        return []
    start = number % len(servers)
    return [*servers[start:], *servers[:start]]
