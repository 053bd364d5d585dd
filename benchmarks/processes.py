"""Starting programs, waiting until they serve, and stopping exactly those."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 10.0
_LAST_LINES = 20


class NeverReadyError(Exception):
    """A program ended or stayed silent instead of serving; says what it wrote last."""


def free_udp_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment, each another one."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@contextmanager
def running(
    command: list[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """The program as a process group of its own, stopped at the end; killed where it needs more than 10 s."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop(process, stop_signal)


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # A server that collapsed still works off requests that nobody waits for any more.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `ready` says so.

    Raises:
        NeverReadyError: The process ended, or was not ready within a minute.
    """
    end = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None:
            raise NeverReadyError(f"ended with status {process.returncode} at its start: {_tail(log)}")
        if time.monotonic() > end:
            raise NeverReadyError(f"did not serve within {START_SECONDS:.0f} s: {_tail(log)}")
        time.sleep(0.05)


def errors_in(log: Path) -> int:
    """How many lines of a program's log speak of an error."""
    return sum("error" in line.lower() for line in log.read_text(errors="replace").splitlines())


def _tail(log: Path) -> str:
    """The last lines that a program wrote, the very last first: it is shown where only one line fits."""
    lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join([*lines[-1:], *lines])
