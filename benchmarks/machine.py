"""The machine and the versions that figures hold for."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks import postgresql
from benchmarks.processors import Processors

_SYNCS = 500
_BLOCK = bytes(4096)


def facts(processors: Processors, folder: Path) -> dict[str, str]:
    """What a reader needs to judge the figures, by name; `folder` is where the databases lie."""
    load_average = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "Processor": f"{_processor()}, {os.cpu_count()} of them",
        "Server runs on": _numbers(processors.server),
        "Load generator runs on": _numbers(processors.generator),
        "Load average before the run": load_average,
        "Memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "Disk": f"{_filesystem(folder)}; 4 KiB and fdatasync take {_sync_microseconds(folder):.0f} µs (median)",
        "System": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "FreeRADIUS": _first_line(["freeradius", "-v"]).split(",")[0].removeprefix("radiusd: FreeRADIUS "),
        "PostgreSQL": _first_line([str(postgresql.programs() / "postgres"), "--version"]),
        "SQLite": sqlite3.sqlite_version,
        "Python": f"{platform.python_version()} ({_python_build()})",
        "hotspots": _revision(),
    }


def is_compiled(command: Path) -> bool:
    """Whether the modules that handle packets are compiled in the installation that this `hotspots` belongs to."""
    asked = "import radius.wire; print(radius.wire.__file__)"
    where = _first_line([str(command.with_name("python")), "-P", "-c", asked])
    return where.endswith(".so")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _numbers(processors: tuple[int, ...]) -> str:
    return f"processors {' and '.join(map(str, processors))}"


def _filesystem(folder: Path) -> str:
    words = _first_line(["findmnt", "--noheadings", "--output", "FSTYPE,SOURCE", "--target", str(folder)]).split()
    return " on ".join(words)


def _sync_microseconds(folder: Path) -> float:
    path = folder / "sync"
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            os.pwrite(file.fileno(), _BLOCK, 0)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return median(took) * 1e6


def _python_build() -> str:
    # One that was built without profile-guided optimisation takes 1.4 times as long for everything.
    whose = "the system's own" if Path(sys.base_prefix) == Path("/usr") else "another than the system's"
    return f"{whose}, {platform.python_compiler()}"


def _revision() -> str:
    version = metadata.version("powiat-hotspots")
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    # Without git's history, as in an unpacked archive, the version is all there is.
    return f"{version}, {done.stdout.strip()}" if done.returncode == 0 else version


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).splitlines()[0].strip()
