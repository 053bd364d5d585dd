"""Each service by itself, as a unit of its own starts it, where it cannot begin."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.installation import free_port


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    settings |= {
        "HOTSPOTS_PORTAL_BIND": f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
        "HOTSPOTS_RADIUS_AUTH_PORT": str(free_port(socket.SOCK_DGRAM)),
        "HOTSPOTS_RADIUS_ACCT_PORT": str(free_port(socket.SOCK_DGRAM)),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOTS_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "hotspots", *words],
        cwd=folder, env=kept | settings, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("service", ["recorder", "radius", "portal", "scheduler"])
def test_a_database_without_tables_is_said_in_a_line(tmp_path: Path, service: str) -> None:
    done = run(tmp_path, service)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("hotspots: the database has the tables of no version, and not those of ")
    assert line.endswith(". Run hotspots database upgrade")


def test_who_is_simulated_finds_no_database_and_makes_none(tmp_path: Path) -> None:
    done = run(tmp_path, "simulate", "--residents", "1", "--minutes", "0.1")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("hotspots: there is no database at ")
    assert list(tmp_path.rglob("*.db")) == []
