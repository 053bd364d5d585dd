"""`hotspots config render`, as a program of its own."""

import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from hotspots.certificates import issuing, register
from hotspots.certificates.issuing import KeyKind
from hotspots.database import Database
from hotspots.models import AccessPoint
from tests.hotspots.places import add_network

Run = Callable[..., subprocess.CompletedProcess[str]]
RADIOS = [{"band": "2g", "channel": 6}, {"band": "5g", "channel": 36, "width_mhz": 80}]
HOSTILE_SSID = "a    b 'c' \\ $d \"ł\""


@pytest.fixture
def run(database: Database, secret_key: SecretStr, tmp_path: Path) -> Run:
    with database.write() as session:
        access_point = add_network(session, database.vault)
        access_point.radios = RADIOS
        access_point.hotspot.ssid = HOSTILE_SSID
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOTS_")}
    environment |= {
        "HOTSPOTS_DATA_DIR": str(tmp_path),
        "HOTSPOTS_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "HOTSPOTS_SECRET_KEY": secret_key.get_secret_value(),
        "HOTSPOTS_PORTAL_BASE_URL": "https://hotspot.example.org",
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hotspots", "config", "render", *arguments],
            env=environment | more,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_files_are_written_for_their_owner_only_and_listed(run: Run, tmp_path: Path) -> None:
    done = run("belzyce-urzad-1", "--out", "out", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["make"] == "openwrt"
    assert [file["path"] for file in document["files"]] == [
        f"etc/config/{name}" for name in ("system", "network", "wireless", "dhcp", "firewall", "chilli")
    ]
    for file in document["files"]:
        path = tmp_path / "out" / file["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
        assert path.stat().st_size == file["octets"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "option radiussecret 'radius secret'" in (tmp_path / "out/etc/config/chilli").read_text()


def test_secrets_are_in_the_files_and_not_on_the_screen(run: Run) -> None:
    done = run("belzyce-urzad-1", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "etc/config/chilli" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_the_second_time_gives_the_same_bytes(run: Run) -> None:
    first, second = (run("belzyce-urzad-1", "--out", "out", "--json") for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout


def test_an_unknown_access_point_is_one_line_and_status_1(run: Run, tmp_path: Path) -> None:
    done = run("nowhere-1", "--out", "out")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "there is no access point nowhere-1" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_line_and_status_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file is in the way")
    done = run("belzyce-urzad-1", "--out", "out")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert (tmp_path / "out").read_text() == "a file is in the way"


def test_wrong_usage_is_status_2(run: Run) -> None:
    assert run("belzyce-urzad-1").returncode == 2


def test_a_server_that_no_access_point_reaches_is_warned_of(run: Run) -> None:
    done = run("belzyce-urzad-1", "--out", "out", HOTSPOTS_PORTAL_BASE_URL="http://127.0.0.1:8080")
    assert done.returncode == 0
    assert "the RADIUS server is on loopback" in done.stderr


def test_a_portal_that_no_phone_reaches_is_warned_of_whoever_answers_radius(run: Run) -> None:
    words = ("belzyce-urzad-1", "--out", "out", "--radius-server", "192.0.2.1", "--json")
    done = run(*words, HOTSPOTS_PORTAL_BASE_URL="http://127.0.0.1:8080")
    assert done.stderr == (
        "note: the portal is on loopback, where no resident's browser reaches it; set HOTSPOTS_PORTAL_BASE_URL\n"
    )
    assert json.loads(done.stdout)["on_loopback"] is True
    assert json.loads(run(*words).stdout)["on_loopback"] is False


def test_two_radius_servers_may_be_given(run: Run, tmp_path: Path) -> None:
    done = run("belzyce-urzad-1", "--out", "out", "--radius-server", "192.0.2.1", "--radius-server", "192.0.2.2")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out/etc/config/chilli").read_text()
    assert "option radiusserver1 '192.0.2.1'" in text
    assert "option radiusserver2 '192.0.2.2'" in text


def test_radius_over_tls_is_rendered_for_whom_it_is_set_and_who_has_a_certificate(
    run: Run, database: Database, tmp_path: Path
) -> None:
    name = "belzyce-urzad-1"
    words = (name, "--out", "out", "--radius-server", "192.0.2.1")
    with database.write() as session:
        session.execute(update(AccessPoint).values(radius_transport="radsec"))
    done = run(*words)
    assert (done.returncode, f"hotspots certificate ap {name}" in done.stderr) == (1, True)
    assert not (tmp_path / "out").exists()
    with database.write() as session:
        now, vault = datetime.now(UTC), database.vault
        register.found_authority(session, vault, "authority", issuing.make_key(KeyKind.EC), now, 30)
        public_key = issuing.make_key(KeyKind.EC).public_key()
        register.sign_for_access_point(session, vault, name, public_key, now, 30)
    done = run(*words, HOTSPOTS_RADSEC_PORT="2084")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out/etc/radsecproxy.conf").read_text()
    assert "\thost 192.0.2.1\n\tport 2084\n\ttype tls\n" in text
    set_make(database, "mikrotik")
    with database.write() as session:
        session.execute(update(AccessPoint).values(gateway="mikrotik"))
    assert run(*words).returncode == 0
    script = (tmp_path / "out/access-point.rsc").read_text()
    assert '/certificate set [ find common-name="belzyce-urzad-1" ] name=radsec\n' in script


@pytest.mark.parametrize("make", ["unifi", "linux"])
def test_a_make_without_templates_is_told_which_have_them(run: Run, database: Database, make: str) -> None:
    set_make(database, make)
    done = run("belzyce-urzad-1", "--out", "out")
    assert done.returncode == 1
    assert done.stderr == f"hotspots: make: there are no templates for {make}; there are for mikrotik, openwrt\n"


def set_make(database: Database, make: str) -> None:
    with database.write() as session:
        session.execute(update(AccessPoint).values(make=make))
