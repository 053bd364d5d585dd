"""A program of others that runs beside a test, and what it says."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Program:
    """One running program; ``log`` is what it said so far."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], output: Path) -> None:
        self._name = name
        self._process = process
        self._output = output

    @property
    def log(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_for(self, words: str, within_seconds: float = 60.0) -> str:
        """The log, once these words stand in it."""
        deadline = time.monotonic() + within_seconds
        while words not in (log := self.log):
            assert self._process.poll() is None, f"{self._name} has ended: {log[-3000:]}"
            assert time.monotonic() < deadline, f"{self._name} did not say {words!r}: {log[-3000:]}"
            time.sleep(0.05)
        return log


@contextmanager
def running(
    package: str, command: Sequence[str], output: Path, ready: str, before: Sequence[str] = ()
) -> Iterator[Program]:
    """The program, from when it says that it is ready; where it is missing, it fails with its name and package.

    ``before`` stands before the command: that of a network namespace.
    """
    name = command[0]
    assert shutil.which(name), f"{name} is missing: apt-get install {package}"
    with output.open("wb") as log:
        process = subprocess.Popen([*before, *command], stdout=log, stderr=subprocess.STDOUT)
    try:
        program = Program(name, process, output)
        program.wait_for(ready)
        yield program
    finally:
        process.terminate()
        process.wait(20)
