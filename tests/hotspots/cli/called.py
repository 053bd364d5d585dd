"""A command called as from the prompt."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner

from hotspots.cli.main import build
from hotspots.errors import HotspotsError


def rows(*arguments: str) -> list[dict[str, Any]]:
    """What a command prints as JSON, in a list; raises what it refuses."""
    given = [*arguments, "--json"]
    result = CliRunner().invoke(build(given), given)
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    return found if isinstance(found, list) else [found]
