"""Fixtures that tests of more than one room share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from hotspots import keys, migrate
from hotspots.database import Database
from hotspots.vault import Vault


@pytest.fixture
def secret_key() -> SecretStr:
    return SecretStr("a key of the tests, long enough to be taken")


@pytest.fixture
def database(tmp_path: Path, secret_key: SecretStr) -> Iterator[Database]:
    """An SQLite file with all tables, and nothing in them."""
    database = Database(
        make_url(f"sqlite:///{tmp_path / 'hotspots.db'}"), Vault(keys.derive(secret_key, keys.SECRETS_AT_REST))
    )
    migrate.upgrade(database.engine)
    yield database
    database.close()
