"""Which processors carry the server and which the load generator, so that neither takes the other's time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Processors:
    """Two sets of processors that have none in common."""

    server: tuple[int, ...]
    generator: tuple[int, ...]

    @classmethod
    def split(cls, available: list[int]) -> Self:
        """Two for the server and two for the generator; on a small machine one each.

        Raises:
            RuntimeError: There is only one processor: server and generator would measure each other.
        """
        if len(available) < 2:
            raise RuntimeError("the benchmark needs at least two processors, one of them for the load generator")
        each = 2 if len(available) >= 4 else 1
        return cls(tuple(available[:each]), tuple(available[each : 2 * each]))

    @classmethod
    def of_this_machine(cls) -> Self:
        """Split what this process may run on."""
        return cls.split(sorted(os.sched_getaffinity(0)))


def pinned(processors: tuple[int, ...], command: list[str]) -> list[str]:
    """The command as `taskset` starts it, so that it and all its children stay on these processors."""
    return ["taskset", "--cpu-list", ",".join(map(str, processors)), *command]
