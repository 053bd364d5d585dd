"""A file of JSON lines that holds all that was measured, from the first result on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.load import Measurement
from benchmarks.rounds import Result


def append(path: Path, line: dict[str, Any]) -> None:
    """Add one line."""
    with path.open("a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(path: Path) -> tuple[dict[str, Any], list[Result]]:
    """What is known of the run (`append`ed first), and its results."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return lines[0], [_result(line) for line in lines[1:]]


def _result(line: dict[str, Any]) -> Result:
    measured = line["measurement"]
    return Result(
        line["scenario"],
        line["server"],
        line["round"],
        Measurement.read(measured) if measured else None,
        line["errors_logged"],
        line["failure"],
    )
