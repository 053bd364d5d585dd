"""The frame of the command line, called as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hotspots.cli import main
from hotspots.errors import HotspotsError

ROOT = Path(__file__).parents[3]


def hotspots(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hotspots", *arguments],
        cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_arguments_it_shows_its_commands(tmp_path: Path) -> None:
    result = hotspots(cwd=tmp_path)

    assert "run " in result.stdout + result.stderr
    assert "doctor " in result.stdout + result.stderr


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    result = hotspots("frobnicate", cwd=tmp_path)

    assert result.returncode == 2
    assert "No such command 'frobnicate'" in result.stderr


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_each_command_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    result = hotspots(command, "--help", cwd=tmp_path)

    assert result.returncode == 0
    assert f"Example: hotspots {command}" in result.stdout


def leaves(command: Any, path: str = "hotspots") -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from leaves(each, f"{path} {name}")


def test_the_help_of_every_command_has_its_example_as_it_is_typed() -> None:
    app = main.build([])
    found = dict(leaves(typer.main.get_command(app)))
    assert "hotspots config render" in found

    for path, command in found.items():
        assert str(command.epilog).startswith(f"Example: {path}"), path
        shown = CliRunner().invoke(app, [*path.split()[1:], "--help"], env={"COLUMNS": "200"}).stdout
        assert command.epilog in shown, path


def test_a_wrong_setting_is_one_line_and_status_2(tmp_path: Path) -> None:
    result = hotspots("run", cwd=tmp_path, HOTSPOTS_RADIUS_AUTH_PORT="radius")

    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("hotspots: HOTSPOTS_RADIUS_AUTH_PORT = 'radius' (from the environment)")
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_reported_with_its_hint_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.report(HotspotsError("the plan x is unknown.", "Known are a and b")) == 1
    assert capsys.readouterr().err == "hotspots: the plan x is unknown. Known are a and b\n"


def a_room(*, name: str | None) -> typer.Typer:
    room = typer.Typer(name=name) if name else typer.Typer()

    @room.command("first")
    def first() -> None:
        print("first was called")

    @room.command("second")
    def second() -> None:
        print("second was called")

    return room


def test_a_room_without_a_name_gives_its_commands_to_the_top(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer(callback=lambda: None)

    main._add(app, a_room(name=None))

    app(["second"], standalone_mode=False)
    assert capsys.readouterr().out == "second was called\n"


def test_a_room_with_a_name_is_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer(callback=lambda: None)

    main._add(app, a_room(name="config"))

    app(["config", "first"], standalone_mode=False)
    assert capsys.readouterr().out == "first was called\n"
