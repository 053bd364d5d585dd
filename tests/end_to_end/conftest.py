"""The installation that each journey has to itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.installation import Installation, new_installation
from tests.end_to_end.postgres import Postgres


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installed = new_installation(tmp_path)
    yield installed
    if installed.process is not None and installed.process.poll() is None:
        installed.kill()


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    """As durable as it is by default: the one of the other tests is in a hurry."""
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-tests-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
        server = Postgres(folder / "postgresql")
        yield server
        server.stop()
