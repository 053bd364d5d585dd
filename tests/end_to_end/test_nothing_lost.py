"""What was answered is in the database, with its octets and once, whichever process is killed at whatever moment."""

from __future__ import annotations

import os
import random
import secrets
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from hotspots.database import make_engine
from tests.end_to_end import load
from tests.end_to_end.books import compare
from tests.end_to_end.installation import Installation, eventually
from tests.end_to_end.load import Load
from tests.end_to_end.postgres import Postgres

OURS = ["recorder", "radius", "radius", "recorder", "portal", "scheduler", "exporter"]
HASHER = "a process that hashes passwords"
BACKEND = "a backend of PostgreSQL"
SEED = "KILL_SEED"


@pytest.fixture
def moments() -> random.Random:
    """Moments that nobody chose; the seed is printed where a test fails, and can be given again."""
    seed = os.environ.get(SEED) or str(secrets.randbits(32))
    print(f"\n{SEED}={seed} kills the same processes after the same pauses")
    return random.Random(seed)


def kill_one(installation: Installation, name: str, moments: random.Random) -> None:
    victims = installation.hashers if name == HASHER else partial(installation.children, name)
    assert eventually(lambda: bool(victims()), 30), f"no {name} to be killed"
    os.kill(moments.choice(victims()), signal.SIGKILL)


def kill_the_supervisor(installation: Installation) -> None:
    """The supervisor, with which all others go; and a start by hand."""
    assert installation.process is not None
    children = [child for name in set(OURS) for child in installation.children(name)]
    installation.process.kill()
    installation.process.wait()
    assert eventually(lambda: not any(Path(f"/proc/{child}/exe").exists() for child in children), 30)
    installation.serve()


def test_sqlite(installation: Installation, moments: random.Random) -> None:
    installation.settings["HOTSPOTS_RADIUS_WORKERS"] = "2"
    installation.serve()
    journal = installation.folder / "journal"

    with Load(load.endpoint(installation, users=500, accounts=10), journal) as residents:
        residents.wait_for(200)
        victims = [*OURS, HASHER, HASHER]
        for name in moments.sample(victims, len(victims)):
            time.sleep(moments.uniform(0.1, 1.2))
            kill_one(installation, name, moments)
        time.sleep(moments.uniform(0.1, 1.2))
        kill_the_supervisor(installation)
        residents.wait_for(200)
        measured = residents.stop()

    assert measured.lost == 0
    assert measured.reject == 0
    assert compare(installation, journal) == []

    # and the comparison would have told of a single record that is missing
    engine = make_engine(installation.database_url)
    with engine.begin() as connection:
        gone = connection.scalar(
            text("DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions) RETURNING acct_session_id")
        )
    engine.dispose()
    assert compare(installation, journal) == [f"{gone} was answered and is not there"]


def test_postgresql(installation: Installation, postgres: Postgres, moments: random.Random) -> None:
    installation.settings |= {"HOTSPOTS_RADIUS_WORKERS": "2", "HOTSPOTS_DATABASE_URL": postgres.new_database()}
    installation.serve()
    journal = installation.folder / "journal"

    with Load(load.endpoint(installation, users=500, accounts=10), journal) as residents:
        residents.wait_for(200)
        victims = [*OURS, HASHER, HASHER, BACKEND, BACKEND]
        for name in moments.sample(victims, len(victims)):
            time.sleep(moments.uniform(0.1, 1.2))
            if name == BACKEND:
                # The server then ends all others too, and recovers from its log.
                assert eventually(lambda: bool(postgres.backends()))
                os.kill(moments.choice(postgres.backends()), signal.SIGKILL)
            else:
                kill_one(installation, name, moments)
        time.sleep(moments.uniform(0.1, 1.2))
        kill_the_supervisor(installation)
        residents.wait_for(200)
        measured = residents.stop()

    assert measured.lost == 0
    assert measured.reject == 0
    assert compare(installation, journal) == []
