"""`python -m benchmarks.worker_time`: processor time that one RADIUS worker takes for a login, kernel and all.

Unlike a rate it hardly depends on what else the machine does: the clock ticks of the worker's process (proc(5)) over
a fixed number of logins, 64 of them in flight. Each of the voucher logins is signed, checked by radload, and written
down by the recorder, which runs beside it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import load
from benchmarks.load import Endpoint
from benchmarks.ours import Ours
from benchmarks.processors import Processors

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_FIRST_LOGINS: Final = 20_000
"""What happens only once for each voucher and access point is over by then."""


def ticks(pid: int) -> tuple[int, int]:
    """Clock ticks that a process and its threads have run, in user mode and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def the_worker(name: str = Ours.worker) -> int:
    """The process of the worker of that name, which this process has started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for pid in children:
        if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[-2] == name.encode():
            return int(pid)
    raise RuntimeError(f"no {name} worker runs")


def log_in(endpoint: Endpoint, generator: tuple[int, ...], count: int) -> float:
    """Answers a second to so many logins, all of which are accepted."""
    arguments = ["-m", "auth", "-w", "64", "-n", str(count), "--timeout", "5000"]
    measured = load.run(endpoint, generator, arguments)
    if measured.accept != count:
        raise RuntimeError(f"{measured.accept} of {count} logins were accepted")
    return measured.rps


def main(
    server: Annotated[int, typer.Option(help="The processor of the server.")] = 1,
    generator: Annotated[int, typer.Option(help="The processor of the load generator.")] = 0,
    logins: Annotated[int, typer.Option(min=10_000, help="Logins in each run.")] = 100_000,
    runs: Annotated[int, typer.Option(min=1, help="How many runs.")] = 5,
) -> None:
    """Measure the processor time of a login in a worker."""
    load.build()
    processors = Processors((server,), (generator,))
    figures: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-") as folder:
        ours = Ours("ours", Path(sys.executable).with_name("hotspots"), 1, Path(folder), processors, None)
        ours.prepare()
        with ours.running({}) as endpoint:
            pid = the_worker()
            log_in(endpoint, processors.generator, _FIRST_LOGINS)
            for _ in range(runs):
                before = ticks(pid)
                rate = log_in(endpoint, processors.generator, logins)
                user, kernel = (now - then for now, then in zip(ticks(pid), before, strict=True))
                figures.append((user, kernel, rate))
    table = Table("run", "Python, µs", "kernel, µs", "in all, µs", "logins a second")
    a_tick = 1e6 / _TICKS_A_SECOND / logins
    middle = tuple(median(each) for each in zip(*figures, strict=True))
    for name, (user, kernel, rate) in [*enumerate(figures, 1), ("median", middle)]:
        row = user * a_tick, kernel * a_tick, (user + kernel) * a_tick
        table.add_row(str(name), *(f"{figure:.1f}" for figure in row), f"{rate:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
