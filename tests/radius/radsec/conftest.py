"""A RadSec server that really answers, and the certificates for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.database import Database
from tests.radius.radsec.peer import Certificates, Server, serving
from tests.radius.running import House


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite alone: TLS knows nothing of databases, and the register of certificates is tried on both elsewhere."""
    return sqlite_database


@pytest.fixture
def certificates(house: House, tmp_path: Path) -> Certificates:
    return Certificates(house, tmp_path / "certificates")


@pytest.fixture
def server(house: House, certificates: Certificates) -> Iterator[Server]:
    with serving(house, certificates) as running:
        yield running
