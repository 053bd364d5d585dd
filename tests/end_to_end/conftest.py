"""The installation that each journey has to itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.installation import Installation, new_installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installed = new_installation(tmp_path)
    yield installed
    if installed.process is not None and installed.process.poll() is None:
        installed.process.kill()
        installed.process.wait()
