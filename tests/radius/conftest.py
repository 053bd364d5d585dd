"""Fixtures of the tests that talk to a running worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.database import Database
from radius import refreshing
from tests.radius.gateway import Gateway
from tests.radius.running import House, Worker


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is unknown is looked for to the end: a slow machine needs longer than a gateway would wait."""
    monkeypatch.setattr(refreshing, "PATIENCE_SECONDS", 30.0)


@pytest.fixture
def house(patient: None, database: Database, secret_key: SecretStr, tmp_path: Path) -> Iterator[House]:
    with House(database, secret_key, tmp_path / "recorder") as house:
        yield house


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    running = Worker(house)
    yield running
    running.stop()


@pytest.fixture
def workers(house: House) -> Iterator[tuple[Worker, Worker]]:
    """Two workers of one node, each with ports of its own, so that a test says which of them hears what."""
    pair = Worker(house), Worker(house)
    yield pair
    for each in pair:
        each.stop()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def sqlite_house(
    patient: None, sqlite_database: Database, secret_key: SecretStr, tmp_path: Path
) -> Iterator[House]:
    """For what takes long, where the database makes no difference."""
    with House(sqlite_database, secret_key, tmp_path / "recorder") as house:
        yield house
