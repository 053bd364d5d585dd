"""The configuration of Prometheus and its alert rules, judged by Prometheus' own tool."""

from __future__ import annotations

import re
import subprocess
import time
from importlib.resources import files
from pathlib import Path

import httpx
import yaml

from hotspots.database import Database
from tests.monitoring.network import fill
from tests.monitoring.promtool import promtool
from tests.monitoring.test_exporter import free_port, running

FOLDER = Path(str(files("monitoring.prometheus")))


def test_prometheus_accepts_the_configuration_and_its_rules() -> None:
    said = promtool("check", "config", str(FOLDER / "prometheus.yml"))

    assert "1 rule files found" in said
    assert "20 rules found" in said


def test_the_alerts_fire_when_they_should_and_not_otherwise() -> None:
    promtool("test", "rules", str(FOLDER / "alerts_test.yml"))


def test_every_alert_has_a_test_and_both_languages() -> None:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    tests = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
    fired = {check["alertname"] for test in tests for check in test["alert_rule_test"] if check.get("exp_alerts")}

    assert {rule["alert"] for rule in rules} == fired
    assert all(set(rule["annotations"]) == {"summary", "summary_pl"} for rule in rules)
    assert {rule["labels"]["severity"] for rule in rules} == {"critical", "warning"}


def test_a_real_prometheus_scrapes_the_exporter_and_evaluates_the_rules(database: Database, tmp_path: Path) -> None:
    fill(database)
    (tmp_path / "metrics").mkdir()
    exporter, prometheus = free_port(), free_port()
    configuration = (FOLDER / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(
        re.sub(r"127\.0\.0\.1:9812", f"127.0.0.1:{exporter}", configuration).replace("15s", "1s")
    )
    (tmp_path / "alerts.yml").write_bytes((FOLDER / "alerts.yml").read_bytes())
    with running(tmp_path, exporter), (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            ["prometheus", f"--config.file={tmp_path / 'prometheus.yml'}",
             f"--storage.tsdb.path={tmp_path / 'series'}", f"--web.listen-address=127.0.0.1:{prometheus}"],
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            value = asked(prometheus, "sum(hotspots_sessions_open)")
            pending = asked(prometheus, 'ALERTS{alertname="DisconnectsUnproved"}')
        finally:
            server.terminate()
            server.wait(20)

    assert value == "3", (tmp_path / "log").read_text()
    assert pending == "1"


def asked(port: int, query: str) -> str | None:
    """The first value that Prometheus gives for the query, once it has one."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}, timeout=60).json()
        except (httpx.TransportError, ValueError):
            answer = {"data": {"result": []}}
        if answer.get("data", {}).get("result"):
            return str(answer["data"]["result"][0]["value"][1])
        time.sleep(0.2)
    return None
