"""`hotspots run` as an operator meets it: start, kill, stop, start again; a port that is taken."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NAMES = ["radius", "portal", "exporter", "scheduler"]
START_SECONDS = 30.0


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
        }

    def start(self) -> subprocess.Popen[str]:
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "--verbose", "run"],
            cwd=self.folder, env=self.environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        return self.process

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
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        by_name = {Path(f"/proc/{child}/cmdline").read_text().split("\0")[-2]: int(child) for child in children}
        return by_name[name]

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    ports = {name: free_port(socket.SOCK_DGRAM) for name in ("auth", "acct")}
    ports |= {name: free_port(socket.SOCK_STREAM) for name in ("portal", "metrics")}
    installed = Installation(tmp_path, ports)
    yield installed
    if installed.process is not None and installed.process.poll() is None:
        installed.process.kill()
        installed.process.wait()


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
        return body.decode()


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_first_start_shows_where_to_go_and_the_second_finds_everything_as_it_was(
    installation: Installation,
) -> None:
    installation.start()
    portal, metrics = installation.ports["portal"], installation.ports["metrics"]

    installation.wait_for(r"hotspots simulate --residents 200 --hotspots all --minutes 5")
    password = re.search(r"password (\S+) ", installation.wait_for(r"First login +admin, password \S+"))
    assert password is not None
    assert len(password[1]) >= 12
    installation.wait_for(rf"RADIUS authentication +UDP 127\.0\.0\.1:{installation.ports['auth']}")
    installation.wait_for(rf"Dashboard +http://127\.0\.0\.1:{portal}/staff/")
    assert "<html" in fetch(portal, "/staff/")
    assert "hotspots_" in fetch(metrics, "/metrics")
    key = (installation.folder / "var/secret_key").read_bytes()
    assert installation.stop() == 0

    began = time.monotonic()
    installation.start()
    installation.wait_for(r"hotspots simulate --residents 200")
    assert time.monotonic() - began < 5
    assert not any("First login" in line for line in installation.lines)
    assert (installation.folder / "var/secret_key").read_bytes() == key
    assert installation.stop() == 0


def test_each_process_is_back_within_two_seconds_of_a_kill(installation: Installation) -> None:
    installation.start()
    installation.wait_for(r"hotspots simulate --residents 200")

    for name in NAMES:
        os.kill(installation.child(name), signal.SIGKILL)
        installation.wait_for(rf"supervisor: {name} is ready", times=2, seconds=2.0)

    assert "<html" in fetch(installation.ports["portal"], "/staff/")
    assert "hotspots_" in fetch(installation.ports["metrics"], "/metrics")
    assert installation.stop() == 0


def test_nothing_is_left_when_the_supervisor_itself_is_killed(installation: Installation) -> None:
    process = installation.start()
    installation.wait_for(r"hotspots simulate --residents 200")
    children = [installation.child(name) for name in NAMES]

    process.kill()
    process.wait()

    assert eventually(lambda: not any(Path(f"/proc/{child}/exe").exists() for child in children))
    installation.start()
    installation.wait_for(r"hotspots simulate --residents 200")
    assert installation.stop() == 0


@pytest.mark.parametrize(
    ("name", "kind", "setting"),
    [
        ("auth", socket.SOCK_DGRAM, "HOTSPOTS_RADIUS_AUTH_PORT"),
        ("acct", socket.SOCK_DGRAM, "HOTSPOTS_RADIUS_ACCT_PORT"),
        ("portal", socket.SOCK_STREAM, "HOTSPOTS_PORTAL_BIND"),
        ("metrics", socket.SOCK_STREAM, "HOTSPOTS_METRICS_BIND"),
    ],
)
def test_a_taken_port_is_said_in_one_line_before_anything_has_started(
    installation: Installation, name: str, kind: socket.SocketKind, setting: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", installation.ports[name]))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        status = installation.start().wait(15)

    line = installation.wait_for(f"port {installation.ports[name]} on 127.0.0.1 is taken by ")
    assert line.rstrip().endswith(f"Stop that program or change {setting}")
    assert status == 2
    assert len(installation.lines) == 1
    assert not (installation.folder / "var/hotspots.db").exists()


def test_a_second_run_in_the_same_folder_is_refused(installation: Installation) -> None:
    installation.start()
    installation.wait_for(r"hotspots simulate --residents 200")
    other = Installation(installation.folder, {
        "auth": free_port(socket.SOCK_DGRAM), "acct": free_port(socket.SOCK_DGRAM),
        "portal": free_port(socket.SOCK_STREAM), "metrics": free_port(socket.SOCK_STREAM),
    })  # fmt: skip

    assert other.start().wait(15) == 2
    assert "another hotspots run works in" in other.wait_for("another")
    assert installation.stop() == 0
