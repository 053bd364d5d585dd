"""Fixtures of the tests that talk to a running worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.database import Database
from tests.radius.gateway import Gateway
from tests.radius.running import House, Worker


@pytest.fixture
def house(database: Database, secret_key: SecretStr, tmp_path: Path) -> Iterator[House]:
    house = House(database, secret_key, tmp_path / "recorder")
    yield house
    house.recorder.stop()


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    running = Worker(house)
    yield running
    running.stop()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def sqlite_house(sqlite_database: Database, secret_key: SecretStr, tmp_path: Path) -> Iterator[House]:
    """For what takes long, where the database makes no difference."""
    house = House(sqlite_database, secret_key, tmp_path / "recorder")
    yield house
    house.recorder.stop()
