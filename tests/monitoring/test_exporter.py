"""The exporter as Prometheus sees it: a process that answers HTTP."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hotspots.database import Database
from tests.monitoring.network import fill
from tests.monitoring.promtool import promtool

WORKER = """
from prometheus_client import Counter
drops = Counter("hotspots_radius_drops", "Packets that were dropped.", ["kind", "reason"])
drops.labels("auth", "unknown_client").inc(3)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The exporter, ready, on the database in ``tmp_path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(20)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "exporter"],
            env=environment(tmp_path, port) | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert b"READY=1" in supervisor.recv(200)
            yield process
        finally:
            process.kill()
            process.communicate()


def environment(tmp_path: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "HOTSPOTS_DATA_DIR": str(tmp_path),
        "HOTSPOTS_METRICS_BIND": f"127.0.0.1:{port}",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }


@pytest.fixture
def scraped(database: Database, tmp_path: Path) -> str:
    fill(database, hotspots=3)
    (tmp_path / "metrics").mkdir()
    for _ in range(2):
        subprocess.run([sys.executable, "-c", WORKER], env=environment(tmp_path, 1), check=True)
    port = free_port()
    with running(tmp_path, port):
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60)
    assert answer.status_code == 200
    return answer.text


def test_promtool_finds_nothing_wrong_with_the_metrics(scraped: str) -> None:
    promtool("check", "metrics", given=scraped)


def test_every_metric_is_explained_and_ours_have_our_name(scraped: str) -> None:
    helps = {
        line.split()[2]: line.split(maxsplit=3)[3] for line in scraped.splitlines() if line.startswith("# HELP")
    }
    types = {line.split()[2] for line in scraped.splitlines() if line.startswith("# TYPE")}
    assert types == set(helps)
    assert all(len(text) > 15 for name, text in helps.items() if name.startswith("hotspots_"))
    assert {name.split("_")[0] for name in types} == {"hotspots", "process", "python"}


def test_the_metrics_of_all_processes_are_added_up_in_the_same_scrape(scraped: str) -> None:
    assert 'hotspots_radius_drops_total{kind="auth",reason="unknown_client"} 6.0' in scraped
    assert 'hotspots_sessions_open{authority="belzyce",hotspot="belzyce-urzad"} 3.0' in scraped
    assert "hotspots_process_metrics_readable 1.0" in scraped
    assert "process_cpu_seconds_total" in scraped


def test_a_damaged_metrics_file_costs_only_what_is_in_it(database: Database, tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_77.db").write_bytes(struct.pack("ii", 4096, 0) + b"\x7f" * 4088)
    port = free_port()
    with running(tmp_path, port):
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text

    assert "hotspots_process_metrics_readable 0.0" in text
    assert "hotspots_database_migrated 1.0" in text


def test_health_other_pages_and_a_clean_end(database: Database, tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        healthy = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
        missing = httpx.get(f"http://127.0.0.1:{port}/secret", timeout=60)
        # A client that says nothing must not keep the others waiting.
        with socket.create_connection(("127.0.0.1", port)):
            assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)

    assert (healthy.status_code, healthy.text) == (200, "ok\n")
    assert missing.status_code == 404
    assert (process.returncode, log) == (0, "")


def test_a_taken_port_is_named(database: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-P", "-m", "hotspots", "exporter"],
            env=environment(tmp_path, port), capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert result.returncode == 2
    assert f"TCP port {port} on 127.0.0.1 is taken" in result.stderr
    assert "HOTSPOTS_METRICS_BIND" in result.stderr
