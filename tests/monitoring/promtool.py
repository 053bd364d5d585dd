"""Prometheus' own tool as a judge of what we write."""

from __future__ import annotations

import shutil
import subprocess


def promtool(*arguments: str, given: str = "") -> str:
    """Run it; returns what it says, and fails the test where it complains."""
    program = shutil.which("promtool")
    assert program, "promtool is missing: apt-get install prometheus"
    result = subprocess.run([program, *arguments], input=given, capture_output=True, text=True, check=False)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    return said
