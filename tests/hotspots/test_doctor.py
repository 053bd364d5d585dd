"""What the doctor finds, on a real folder, real ports and a real database."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hotspots import audit
from hotspots.database import open_database
from hotspots.doctor import Finding, State, examine
from hotspots.doctor.database import shared_secrets, weak_secrets
from hotspots.doctor.machine import judge_clock
from hotspots.doctor.spool import judge_waiting
from hotspots.settings import load_settings
from hotspots.storage import migrate
from hotspots.storage.spool import Spool, Waiting

ROOT = Path(__file__).parents[2]
STRONG = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fR"


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to install in, with ports of its own; nothing has been started in it."""
    for name in [name for name in os.environ if name.startswith("HOTSPOTS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_RADIUS_BIND", "127.0.0.1")
    for name, kind in (("RADIUS_AUTH_PORT", socket.SOCK_DGRAM), ("RADIUS_ACCT_PORT", socket.SOCK_DGRAM)):
        monkeypatch.setenv(f"HOTSPOTS_{name}", str(free_port(kind)))
    for name in ("PORTAL_BIND", "METRICS_BIND"):
        monkeypatch.setenv(f"HOTSPOTS_{name}", f"127.0.0.1:{free_port(socket.SOCK_STREAM)}")
    return tmp_path


def install() -> None:
    settings = load_settings()
    database = open_database(settings)
    migrate.upgrade(database.engine)
    database.close()
    (settings.data_dir / "hotspots.db").chmod(0o640)


def found(check: str) -> list[Finding]:
    return [finding for finding in examine() if finding.check == check]


def test_before_the_first_start_it_says_what_is_missing_and_makes_nothing(installation: Path) -> None:
    findings = {finding.check: finding for finding in examine()}

    assert findings["data_dir"].state is State.WRONG
    assert findings["secret_key"].remedy == "Run: hotspots run"
    assert findings["database"].remedy == "Run: hotspots run"
    assert list(installation.iterdir()) == []


def test_an_installation_in_order(installation: Path) -> None:
    install()

    assert [finding for finding in examine() if finding.state is State.WRONG] == []
    assert [finding.state for finding in found("database")] == [State.OK]
    assert {finding.message for finding in examine() if finding.check.startswith("port ")} == {"free"}


def test_an_audit_log_that_somebody_shortened_by_hand(installation: Path) -> None:
    install()
    database = open_database(load_settings())
    for number in range(3):
        with database.write() as session:
            audit.append(session, actor="jan", action="a", subject=f"{number}", now=datetime.now(UTC))
    with database.read() as session:
        last = audit.verify(session).last_digest
    database.close()
    assert [(one.state, one.message) for one in found("audit log")] == [
        (State.OK, f"3 entries, the last digest is {last}")
    ]

    with sqlite3.connect(installation / "var/hotspots.db") as connection:
        connection.execute("DELETE FROM audit_entries WHERE subject = '1'")

    assert [(one.state, one.message.partition(" does")[0]) for one in found("audit log")] == [
        (State.WRONG, "entry 3")
    ]


def test_a_wrong_setting_is_the_only_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_RADIUS_WORKERS", "many")

    (finding,) = examine()

    assert finding.state is State.WRONG
    assert "HOTSPOTS_RADIUS_WORKERS = 'many'" in finding.message


def test_open_files_are_found_with_the_command_that_closes_them(installation: Path) -> None:
    install()
    (installation / "var").chmod(0o755)
    (installation / "var/secret_key").chmod(0o644)
    (installation / "var/hotspots.db").chmod(0o644)

    assert found("data_dir")[0].remedy == f"Run: chmod o= {installation}/var"
    assert found("secret_key")[0].remedy == f"Run: chmod 600 {installation}/var/secret_key"
    assert found("database")[0].remedy == f"Run: chmod o= {installation}/var/hotspots.db"


def test_a_key_that_is_not_random(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", "a" * 40)

    assert found("secret_key")[0].state is State.WRONG


def test_a_database_whose_key_is_lost_gets_no_new_key(installation: Path) -> None:
    install()
    (installation / "var/secret_key").unlink()

    assert "Restore the file secret_key" in found("database")[0].remedy
    assert not (installation / "var/secret_key").exists()


def test_a_database_of_an_older_version(installation: Path) -> None:
    install()
    with sqlite3.connect(installation / "var/hotspots.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()

    (finding,) = found("database")

    assert finding.state is State.WRONG
    assert finding.message.startswith("it is at revision 0000, not ")
    assert finding.remedy == "Run: hotspots database upgrade"


def test_a_database_that_cannot_be_reached_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port(socket.SOCK_STREAM)
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", STRONG)
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", f"postgresql://u:hunter2@127.0.0.1:{port}/hotspots")

    (finding,) = found("database")

    assert finding.state is State.WRONG
    assert f"u:***@127.0.0.1:{port}/hotspots" in finding.message
    assert "refused" in finding.message
    assert "hunter2" not in finding.message


def test_a_taken_port_is_named_with_who_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        monkeypatch.setenv("HOTSPOTS_RADIUS_AUTH_PORT", str(port))

        (finding,) = found(f"port UDP {port}")

    assert finding.state is State.WRONG
    assert f"(process {os.getpid()})" in finding.message
    assert finding.remedy == "Stop that program or change HOTSPOTS_RADIUS_AUTH_PORT"


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://hotspot.powiat.example", State.OK),
        ("http://hotspot.powiat.example", State.WRONG),
        ("http://192.168.1.2:8080", State.WRONG),
        ("http://127.0.0.1:8080", State.ADVICE),
        ("http://localhost", State.ADVICE),
    ],
)
def test_the_public_address_must_be_encrypted(monkeypatch: pytest.MonkeyPatch, url: str, state: State) -> None:
    monkeypatch.setenv("HOTSPOTS_PORTAL_BASE_URL", url)

    assert [finding.state for finding in found("portal_base_url")] == [state]


@pytest.mark.parametrize(("microseconds", "state"), [(250_000, State.OK), (16_000_000, State.ADVICE)])
def test_a_clock_without_ntp_may_still_be_right(microseconds: int, state: State) -> None:
    assert judge_clock(microseconds).state is state


def test_the_kernel_is_asked_about_the_clock() -> None:
    (finding,) = found("clock")

    assert finding.message.startswith(("synchronised within", "no NTP keeps it"))


@pytest.mark.parametrize("secret", ["testing123", "aaaaaaaaaaaaaaaaaaaaaaaa", "short"])
def test_weak_secrets_are_found_and_not_shown(secret: str) -> None:
    (finding,) = weak_secrets([("ap-1", "10.0.0.1", "secret", secret), ("ap-2", "10.0.0.2", "secret", STRONG)])

    assert finding.message == "the secret of ap-1 is too easy to guess"
    assert secret not in finding.remedy


def test_a_secret_on_two_devices_is_found() -> None:
    secrets = [("ap-1", "10.0.0.1", "secret", STRONG), ("ap-2", "10.0.0.2", "uam secret", STRONG)]

    (finding,) = shared_secrets(secrets)

    assert finding.message == "ap-1 (secret), ap-2 (uam secret) have the same secret"


def test_access_points_behind_one_address_may_share_a_secret() -> None:
    secrets = [("ap-1", "10.0.0.0/24", "secret", STRONG), ("ap-2", "10.0.0.0/24", "secret", STRONG)]

    assert list(shared_secrets(secrets)) == []


def test_those_without_an_address_may_not_share_one() -> None:
    secrets = [("ap-1", "dynamic", "secret", STRONG), ("ap-2", "dynamic", "secret", STRONG)]

    (finding,) = shared_secrets(secrets)

    assert finding.message == "ap-1 (secret), ap-2 (secret) have the same secret"


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hotspots", "doctor", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_prints_the_remedy_and_fails() -> None:
    result = doctor()

    assert result.returncode == 1
    assert "-> Run: hotspots run" in result.stdout


def test_what_is_advised_fails_only_where_it_is_to_be_strict() -> None:
    install()
    relaxed, strict = (json.loads(doctor("--json", *more).stdout) for more in ((), ("--strict",)))

    assert "advice" in {finding["state"] for finding in relaxed["findings"]}, "there was no backup yet"
    assert (relaxed["ok"], strict["ok"]) == (True, False)
    assert (doctor().returncode, doctor("--strict").returncode) == (0, 1)


def test_the_command_prints_one_json_document() -> None:
    result = doctor("--json")

    document: dict[str, Any] = json.loads(result.stdout)
    assert document["ok"] is False
    assert {"check": "settings", "state": "ok", "message": "all can be read", "remedy": ""} in document["findings"]


def test_a_spool_that_waits_is_found_with_its_length_and_age(installation: Path) -> None:
    install()
    assert [finding.message for finding in found("spool")] == ["nothing waits for the database"]
    began = time.time() - 300
    box = Spool(installation / "var/spool", clock=lambda: began)
    box.append([b"a record"])

    (finding,) = found("spool")

    assert finding.state is State.WRONG
    assert f"{box.octets} octets wait for the database (0 % full), the oldest for 30" in finding.message


def test_what_waits_for_a_moment_only_is_nothing_wrong() -> None:
    assert judge_waiting(Waiting(1000, 2.0)).state is State.ADVICE


def test_records_that_were_set_aside_are_found(installation: Path) -> None:
    install()
    (installation / "var/spool").mkdir()
    (installation / "var/spool/refused-1-20.msgpack").touch()

    _, finding = found("spool")

    assert finding.state is State.WRONG
    assert "refused-1-20.msgpack" in finding.message
