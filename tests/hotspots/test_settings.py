"""Settings: where they come from, and what is said when one is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.address import ListenAddress
from hotspots.errors import SettingsError
from hotspots.settings import load_settings

KEY = "k" * 48


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somewhere without a settings file, and nothing of ours in the environment."""
    for name in [name for name in os.environ if name.startswith("HOTSPOTS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_defaults(empty_folder: Path) -> None:
    settings = load_settings()

    assert settings.data_dir == empty_folder / "var"
    assert settings.database_url.render_as_string() == f"sqlite:///{empty_folder}/var/hotspots.db"
    assert (settings.radius_bind, settings.radius_auth_port, settings.radius_acct_port) == ("0.0.0.0", 1812, 1813)
    assert settings.radius_workers == 1
    assert settings.portal_bind == ListenAddress("0.0.0.0", 8080)
    assert settings.portal_base_url == "http://127.0.0.1:8080"
    assert settings.metrics_bind == ListenAddress("127.0.0.1", 9812)


def test_environment_goes_before_the_file_and_the_file_before_the_default(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "hotspots.toml").write_text(
        'portal_bind = "[::1]:81"\nradius_auth_port = 11812\nradius_acct_port = 11813\n'
    )
    monkeypatch.setenv("HOTSPOTS_RADIUS_AUTH_PORT", "21812")

    settings = load_settings()

    assert (settings.radius_auth_port, settings.radius_acct_port) == (21812, 11813)
    assert settings.portal_bind == ListenAddress("::1", 81)
    assert settings.portal_base_url == "http://127.0.0.1:81"


def test_the_file_may_stand_elsewhere(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "other.toml").write_text("radius_workers = 4\n")
    monkeypatch.setenv("HOTSPOTS_CONFIG", "other.toml")

    assert load_settings().radius_workers == 4


def test_a_key_is_made_once_for_its_owner_only(empty_folder: Path) -> None:
    first = load_settings().secret_key

    assert len(first.get_secret_value()) >= 43
    assert (empty_folder / "var/secret_key").stat().st_mode & 0o777 == 0o600
    assert load_settings().secret_key == first
    assert [entry.name for entry in (empty_folder / "var").iterdir()] == ["secret_key"]


def test_processes_that_start_together_get_the_same_key(empty_folder: Path) -> None:
    program = "from hotspots.settings import load_settings; print(load_settings().secret_key.get_secret_value())"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}

    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=empty_folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]

    assert len({process.communicate(timeout=30)[0] for process in started}) == 1


def test_no_key_is_made_when_none_is_wanted(empty_folder: Path) -> None:
    assert load_settings(make_secret_key=False).secret_key.get_secret_value() == ""
    assert list(empty_folder.iterdir()) == []


def test_a_key_from_the_environment_makes_no_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", KEY)

    assert load_settings().secret_key.get_secret_value() == KEY
    assert not (empty_folder / "var").exists()


def test_a_damaged_key_file_is_refused(empty_folder: Path) -> None:
    (empty_folder / "var").mkdir()
    (empty_folder / "var/secret_key").write_text("short\n")

    assert "Restore the file from a backup" in refusal()


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", KEY)
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", "postgresql://u:hunter2@db/hotspots")

    settings = load_settings()

    assert KEY not in repr(settings)
    assert "hunter2" not in repr(settings)
    assert settings.database_url.drivername == "postgresql+psycopg"
    assert settings.database_url.password == "hunter2"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("RADIUS_AUTH_PORT", "99999", "less than or equal to 65535"),
        ("RADIUS_WORKERS", "0", "greater than or equal to 1"),
        ("RADIUS_BIND", "localhost", "does not appear to be an IPv4 or IPv6 address"),
        ("PORTAL_BIND", "8080", "expected ADDRESS:PORT"),
        ("PORTAL_BIND", "::1:8080", "IPv6 in brackets"),
        ("METRICS_BIND", "127.0.0.1:0", "a port from 1 to 65535"),
        ("PORTAL_BASE_URL", "portal.example.org", "expected http:// or https://"),
    ],
)
def test_a_wrong_value_is_named_with_its_origin(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"HOTSPOTS_{variable}", value)

    text = refusal()

    assert text.startswith(f"HOTSPOTS_{variable} = {value!r} (from the environment) is wrong: ")
    assert reason in text
    assert text.endswith(f"change or unset HOTSPOTS_{variable}")


def test_a_wrong_value_in_the_file_is_named_with_the_file(empty_folder: Path) -> None:
    (empty_folder / "hotspots.toml").write_text('radius_workers = "many"\n')

    assert refusal().startswith("HOTSPOTS_RADIUS_WORKERS = 'many' (from hotspots.toml) is wrong: ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SECRET_KEY", "too-short"), ("DATABASE_URL", "mysql://u:hunter2@db/x"), ("DATABASE_URL", "hunter2")],
)
def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(f"HOTSPOTS_{variable}", value)

    text = refusal()

    assert text.startswith(f"HOTSPOTS_{variable} (from the environment) is wrong")
    assert value not in text
    assert "hunter2" not in text


def test_two_servers_cannot_have_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_RADIUS_AUTH_PORT", "1813")

    assert "radius_auth_port and radius_acct_port must differ" in refusal()


def test_a_misspelt_key_names_the_nearest(empty_folder: Path) -> None:
    (empty_folder / "hotspots.toml").write_text("radius_wrkers = 2\n")

    assert refusal() == "hotspots.toml has an unknown setting radius_wrkers. Did you mean radius_workers?"


def test_a_misspelt_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_RADIUS_AUTHPORT", "1")

    assert refusal().endswith("Did you mean HOTSPOTS_RADIUS_AUTH_PORT?")


def test_a_variable_of_another_program_is_mentioned_and_ignored(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HOTSPOTS_KUBERNETES_ENDPOINT_URL_TCP", "x")

    load_settings()

    assert "HOTSPOTS_KUBERNETES_ENDPOINT_URL_TCP is no setting" in caplog.text


def test_broken_toml_is_named_with_its_line(empty_folder: Path) -> None:
    (empty_folder / "hotspots.toml").write_text("\nradius_workers = \n")

    assert "hotspots.toml is not valid TOML" in refusal()
    assert "line 2" in refusal()


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", "nowhere.toml")

    assert refusal().startswith("HOTSPOTS_CONFIG names nowhere.toml, which does not exist")
