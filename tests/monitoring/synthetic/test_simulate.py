"""`hotspots simulate` on the running system: what was sent is what was counted, whatever the gateway."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.installation import Installation, eventually, fetch, new_installation
from tests.monitoring.promtool import promtool

RESIDENTS = 60
COUNTED = ("session_seconds", "octets_up", "octets_down", "terminate_cause", "user_name", "device", "access_point")

# Small enough that a keen resident has used it up in a minute; neither uspot nor WISPr can say it in an Accept, so
# that there it is the server that has to end the session.
INVENTORY = """
plans:
  - {{slug: free, name: Free, rate_down_bps: 10000000, rate_up_bps: 5000000, session_seconds: 7200,
     idle_seconds: 600, remember_seconds: 86400, interim_seconds: 60}}
  - {{slug: small, name: Small, rate_down_bps: 4000000, rate_up_bps: 1000000, session_seconds: 7200,
     monthly_octets: 60000000, remember_seconds: 86400, interim_seconds: 60}}
authorities:
  - slug: powiat
    name: Powiat
    kind: powiat
    retention_mode: undecided
    retention_days: 30
    hotspots:
      - &place
        slug: chilli
        name: Urząd
        place_kind: office
        address: ul. Lubelska 3
        latitude: 51.2474
        longitude: 22.5482
        declared_range_m: 50
        ssid: Powiat
        plan: free
        access_points:
          - {{name: chilli-1, make: openwrt, gateway: coovachilli, address: {net}.1, octets_from_client_view: true}}
      - <<: *place
        slug: mikrotik
        plan: small
        access_points: [{{name: mikrotik-1, make: mikrotik, gateway: mikrotik, address: {net}.2}}]
      - <<: *place
        slug: uspot
        plan: small
        access_points: [{{name: uspot-1, make: openwrt, gateway: uspot, address: {net}.3}}]
      - <<: *place
        slug: wispr
        plan: small
        access_points: [{{name: wispr-1, make: linux, gateway: wispr, address: {net}.4}}]
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The whole system, running with four hotspots at loopback addresses that nobody else uses."""
    folder = tmp_path_factory.mktemp("simulate")
    net = f"127.{random.randint(20, 250)}.{random.randint(1, 250)}"
    (folder / "inventory.yaml").write_text(expanded(INVENTORY.format(net=net)))
    installed = new_installation(folder)
    run(installed, "database", "upgrade")
    run(installed, "inventory", "import", "inventory.yaml")
    installed.start()
    installed.wait_for("hotspots is running")
    yield installed
    installed.stop()


def expanded(text: str) -> str:
    """The inventory without YAML's anchors, which it does not take."""
    import yaml  # noqa: PLC0415 - only this needs it

    return yaml.safe_dump(yaml.safe_load(text), allow_unicode=True, sort_keys=False)


def run(installed: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "hotspots", *words],
        cwd=installed.folder, env=installed.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def played(system: Installation) -> dict[str, Any]:
    vouchers = system.command("voucher", "create", "--plan", "free", "--count", "2", "--authority", "powiat")
    codes = [word for voucher in vouchers for word in ("--voucher", voucher["code"])]
    done = run(
        system, "simulate", "--residents", str(RESIDENTS), "--minutes", "0.4", "--speed", "600", "--seed", "5",
        *codes, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr + "".join(system.lines)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_nothing_unexpected_happens_and_everybody_is_accounted_for(played: dict[str, Any]) -> None:
    assert (played["unexpected"], played["unanswered"]) == ({}, {})
    assert played["residents_online"] + played["residents_turned_away"] == RESIDENTS
    assert played["sessions_stopped"] == sum(played["logged_in"].values()) == len(played["sessions"])


def test_each_session_is_counted_as_its_stop_told_it(system: Installation, played: dict[str, Any]) -> None:
    counted = {session["acct_session_id"]: session for session in system.command("session", "list")}

    assert set(counted) == {session["acct_session_id"] for session in played["sessions"]}
    for sent in played["sessions"]:
        in_database = counted[sent["acct_session_id"]]
        assert {name: in_database[name] for name in COUNTED} == {name: sent[name] for name in COUNTED}


def test_the_hours_and_the_metrics_add_up_to_the_same(system: Installation, played: dict[str, Any]) -> None:
    metrics = fetch(system.ports["metrics"], "/metrics")
    promtool("check", "metrics", given=metrics)

    hours = system.command("usage", "--by", "hour")
    for direction in ("up", "down"):
        sent = played[f"octets_{direction}"]
        assert sum(hour[f"octets_{direction}"] for hour in hours) == sent
        assert total(metrics, rf'hotspots_traffic_bytes_total{{.*direction="{direction}".*}}') == sent
    assert sum(hour["sessions_started"] for hour in hours) == played["sessions_stopped"]
    assert total(metrics, "hotspots_sessions_open{.*}") == 0


def total(metrics: str, series: str) -> float:
    return sum(float(value) for value in re.findall(rf"^{series} (\S+)$", metrics, re.MULTILINE))


def test_residents_come_in_by_every_way(played: dict[str, Any]) -> None:
    assert set(played["logged_in"]) == {"tap", "device", "voucher"}
    assert {session["access_point"] for session in played["sessions"]} == {
        "chilli-1", "mikrotik-1", "uspot-1", "wispr-1",
    }  # fmt: skip
    by_tap = {session["access_point"] for session in played["sessions"] if session["method"] == "tap"}
    assert by_tap <= {"chilli-1", "uspot-1"}
    assert any("mikrotik" in note for note in played["notes"])


def test_who_runs_out_is_cut_off_and_told_so(system: Installation, played: dict[str, Any]) -> None:
    """Where the gateway knows the quota it ends the session itself; elsewhere the server disconnects."""
    ends = {
        point: {session["terminate_cause"] for session in played["sessions"] if session["access_point"] == point}
        for point in ("mikrotik-1", "uspot-1", "wispr-1")
    }
    assert "Session-Timeout" in ends["mikrotik-1"]
    assert "Admin-Reset" in ends["uspot-1"] | ends["wispr-1"]
    assert played["disconnected_by_server"] > 0
    # In the residents' languages: the month's data are used up; and a voucher was mistyped.
    assert any(re.search("mie.i.c|month|місяць", reason) for reason in played["refused"]), played["refused"]
    assert any(re.search("Błąd|Mistake", reason) for reason in played["refused"]), played["refused"]
    metrics = fetch(system.ports["metrics"], "/metrics")
    assert total(metrics, r'hotspots_session_commands{state="proved"}') >= played["disconnected_by_server"]
    assert total(metrics, "hotspots_session_commands_unproved") == 0


def test_answers_that_got_lost_were_asked_for_again_and_counted_once(played: dict[str, Any]) -> None:
    assert played["retransmissions"] > 0


def test_the_table_for_people_says_how_it_went(system: Installation) -> None:
    done = run(system, "simulate", "--residents", "4", "--hotspots", "chilli", "--minutes", "0.1", "--speed", "600")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Residents online +4", done.stdout)
    assert "by one tap at the portal" in done.stdout
    assert "Nothing unexpected." in done.stdout


def test_an_interrupted_simulation_sends_everybody_home_with_a_stop(system: Installation) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "hotspots", "simulate", "--residents", "30", "--hotspots", "chilli",
         "--minutes", "1", "--speed", "600", "--json"],
        cwd=system.folder, env=system.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

    def online() -> int:
        return len(system.command("session", "list", "--active"))

    try:
        assert eventually(lambda: online() > 0, 60)
        process.send_signal(signal.SIGINT)
        printed, log = process.communicate(timeout=60)
    finally:
        process.kill()

    assert (process.returncode, log) == (0, "")
    document = json.loads(printed)
    assert "User-Request" in {session["terminate_cause"] for session in document["sessions"]}
    assert online() == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--hotspots", "chili"], "there is no hotspot chili. Did you mean chilli?"),
        (["--portal", "http://127.0.0.1:1"], "the portal at http://127.0.0.1:1 does not answer"),
    ],
)
def test_what_cannot_begin_is_said_in_a_line(system: Installation, words: list[str], complaint: str) -> None:
    done = run(system, "simulate", "--residents", "1", "--minutes", "0.1", *words)

    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_system_that_is_not_running_is_said_in_a_line(system: Installation, tmp_path: Path) -> None:
    elsewhere = new_installation(system.folder)
    done = run(elsewhere, "simulate", "--residents", "1", "--minutes", "0.1")

    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
