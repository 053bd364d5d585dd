"""Fixtures that tests of more than one room share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from benchmarks import postgresql
from benchmarks.postgresql import Cluster
from hotspots import keys
from hotspots.database import Database, make_engine
from hotspots.storage import migrate
from hotspots.vault import Vault


@pytest.fixture
def secret_key() -> SecretStr:
    return SecretStr("a key of the tests, long enough to be taken")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL, in a hurry: what a crash would lose here is not asked."""
    hurried = {
        **{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"},
        **{"max_wal_size": "128MB", "min_wal_size": "32MB"},
    }
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-tests-", dir=_in_memory()) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
        with postgresql.running(folder / "postgresql", tuple(os.sched_getaffinity(0)), hurried) as running:
            yield running


def _in_memory() -> Path | None:
    """A folder in memory, where there is room: each test has a database of its own, of a thousand small files."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and shutil.disk_usage(folder).free >= _ROOM_FOR_CLUSTERS else None


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> Cluster:
    """The cluster with a database named ``template_of_tests`` that has all tables, and nothing in them."""
    engine = make_engine(make_url(cluster.create("template_of_tests")).set(drivername="postgresql+psycopg"))
    migrate.upgrade(engine)
    engine.dispose()
    return cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Database:
    """All tables and nothing in them, in an SQLite file and in PostgreSQL: each test runs on both.

    Programs that a test starts find it, too, by HOTSPOTS_DATABASE_URL.
    """
    database: Database = request.getfixturevalue(f"{request.param}_database")
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    return database


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "hotspots.db"
    engine = make_engine(make_url(f"sqlite:///{path}"))
    migrate.upgrade(engine)
    engine.dispose()  # the last connection takes the journal with it
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, secret_key: SecretStr, sqlite_file: Path) -> Iterator[Database]:
    """An SQLite file with all tables, and nothing in them."""
    path = shutil.copy(sqlite_file, tmp_path / "hotspots.db")
    database = Database(make_url(f"sqlite:///{path}"), Vault(keys.derive(secret_key, keys.SECRETS_AT_REST)))
    yield database
    database.close()


@pytest.fixture
def postgresql_database(template: Cluster, secret_key: SecretStr) -> Iterator[Database]:
    """A database of the cluster with all tables, and nothing in them."""
    name = f"test_{next(_NUMBERS)}"
    url = make_url(template.create(name, "template_of_tests")).set(drivername="postgresql+psycopg")
    database = Database(url, Vault(keys.derive(secret_key, keys.SECRETS_AT_REST)))
    yield database
    database.close()
    template.drop(name)


_NUMBERS = count(1)
_ROOM_FOR_CLUSTERS = 4 << 30
