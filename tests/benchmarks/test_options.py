"""What the benchmarks are asked for: what is not there is named, and nothing is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Wide, so that no message is broken into lines.
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "600"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("benchmarks", "--only", "nope"), "nope: there are only login,"),
        (("benchmarks", "--server", "nope"), "nope: under login, "),
        (("benchmarks", "--server", "nope"), "there are only ours-sqlite,"),
        (
            ("benchmarks", "--only", "slow-disk", "--server", "freeradius-files"),
            "freeradius-files: under slow-disk",
        ),
        (
            ("benchmarks", "--only", "login", "--server", "ours-sqlite-compiled"),
            "ours-sqlite-compiled: under login",
        ),
        (("benchmarks", "--only", "login", "--command", "nope"), "'nope' does not exist"),
        (("benchmarks", "--again", "nope.jsonl"), "'nope.jsonl' does not exist"),
        (("benchmarks", "--again", "README.md"), "README.md is no record of a run"),
        (("benchmarks.cold_passwords", "--store", "nope"), "'nope' is not one of 'sqlite', 'postgresql'"),
    ],
)
def test_what_is_not_there_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    result = benchmarks(*arguments)

    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
