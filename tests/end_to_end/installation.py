"""An installation of the whole system in a folder of its own, as an operator runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from hotspots.processes.metrics_folder import metrics_folder
from radius import hasher

START_SECONDS = 90.0


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """A folder with ports of its own, and the `hotspots run` that was started there last."""

    folder: Path
    ports: dict[str, int]
    settings: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOTS_")}
        return kept | {
            "HOTSPOTS_RADIUS_BIND": "127.0.0.1",
            "HOTSPOTS_RADIUS_AUTH_PORT": str(self.ports["auth"]),
            "HOTSPOTS_RADIUS_ACCT_PORT": str(self.ports["acct"]),
            "HOTSPOTS_PORTAL_BIND": f"127.0.0.1:{self.ports['portal']}",
            "HOTSPOTS_METRICS_BIND": f"127.0.0.1:{self.ports['metrics']}",
            **self.settings,
        }

    @property
    def data_dir(self) -> Path:
        return Path(self.settings.get("HOTSPOTS_DATA_DIR", self.folder / "var"))

    @property
    def database_url(self) -> URL:
        """Where this installation keeps its state."""
        return make_url(self.settings.get("HOTSPOTS_DATABASE_URL", f"sqlite:///{self.data_dir / 'hotspots.db'}"))

    @property
    def spooled_octets(self) -> int:
        """What waits on disk for the database."""
        return sum(path.stat().st_size for path in (self.data_dir / "spool").glob("*.spool"))

    def start(self) -> subprocess.Popen[str]:
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "--verbose", "run"],
            cwd=self.folder, env=self.environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        return self.process

    def serve(self) -> None:
        """Start, and return when all of it serves."""
        self.start()
        self.wait_for("hotspots simulate")

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.lines.extend(iter(process.stdout.readline, ""))

    def wait_for(self, pattern: str, *, times: int = 1, seconds: float = START_SECONDS) -> str:
        """The last of so many lines that match; fails with all that was printed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [line for line in self.lines if re.search(pattern, line)]
            if len(found) >= times:
                return found[times - 1]
            time.sleep(0.01)
        raise AssertionError(f"no {pattern!r} within {seconds} s in:\n{''.join(self.lines)}")

    def child(self, name: str) -> int:
        """The only process of this name."""
        (pid,) = self.children(name)
        return pid

    def children(self, name: str) -> list[int]:
        """The processes that run this command now."""
        assert self.process is not None
        # Between fork and exec a child still has the command line of its parent.
        return [int(child) for child in _children(self.process.pid) if _words(child)[-2:-1] == [name] != ["run"]]

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        """End all of it at once, and clear away what it kept in memory."""
        assert self.process is not None
        children = [int(child) for child in _children(self.process.pid)]
        self.process.kill()
        self.process.wait()
        for child in children:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        assert eventually(lambda: not any(Path(f"/proc/{child}/exe").exists() for child in children))
        with metrics_folder(self.data_dir):
            pass

    def hashers(self) -> list[int]:
        """The processes of the RADIUS workers that hash passwords now."""
        workers = self.children("radius")
        return [int(child) for worker in workers for child in _children(worker) if hasher.__name__ in _words(child)]

    def command(self, *words: str, stdin: str = "") -> Any:
        """What a command prints with `--json`; fails with its words where it fails."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "hotspots", *words, "--json"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, input=stdin,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _children(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has just ended
        return []


def _words(process: str) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except OSError:  # it has just been buried
        return []


def new_installation(folder: Path) -> Installation:
    """Nothing is started yet; the ports are free ones."""
    ports = {name: free_port(socket.SOCK_DGRAM) for name in ("auth", "acct")}
    ports |= {name: free_port(socket.SOCK_STREAM) for name in ("portal", "metrics")}
    return Installation(folder, ports)


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        body: bytes = answer.read()
        return body.decode()


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
