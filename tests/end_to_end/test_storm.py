"""After a power cut all hotspots of the powiat come back at once, and everybody who was there."""

from __future__ import annotations

import subprocess
from collections import Counter

import pytest
from sqlalchemy import text

from benchmarks import load as radload
from hotspots.database import make_engine
from tests.end_to_end import load
from tests.end_to_end.books import compare
from tests.end_to_end.installation import Installation

HOTSPOTS = 22
DEVICES = 200  # at each of them
LOGINS_PER_SECOND = 3000
AS_GATEWAYS_DO = ["--timeout", "3000", "--retries", "2", "--echo-class"]
"""A gateway asks again after three seconds, gives up after its third time, and echoes the Class of the Accept."""


@pytest.fixture(params=["sqlite", "postgresql"])
def at_home(request: pytest.FixtureRequest, installation: Installation) -> Installation:
    """The installation on each of the databases."""
    installation.settings["HOTSPOTS_RADIUS_WORKERS"] = "2"
    if request.param == "postgresql":
        installation.settings["HOTSPOTS_DATABASE_URL"] = request.getfixturevalue("postgres").new_database()
    return installation


def test_everybody_is_back_online_after_a_power_cut(at_home: Installation) -> None:
    at_home.serve()
    everybody = HOTSPOTS * DEVICES
    where = load.endpoint(at_home, users=everybody)
    journal = at_home.folder / "journal"

    # each device logs in, and its gateway reports the Start at once
    storm = ["-m", "storm", "--storm", "full", "--rate", str(LOGINS_PER_SECOND), "-n", str(everybody)]
    radload.build()
    done = subprocess.run(
        radload.command(where, 1, [*storm, *AS_GATEWAYS_DO, "--journal", str(journal)]),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    measured = radload.measured(done)

    print(measured)
    assert (measured.accept, measured.reject, measured.lost) == (everybody, 0, 0)
    assert measured.acct == everybody
    assert compare(at_home, journal) == []
    engine = make_engine(at_home.database_url)
    with engine.connect() as connection:
        online = connection.execute(
            text("SELECT access_point_id, subject_key FROM sessions WHERE stopped_at IS NULL")
        ).all()
    engine.dispose()
    assert Counter(access_point for access_point, _ in online) == dict.fromkeys(range(1, HOTSPOTS + 1), DEVICES)
    assert len({voucher for _, voucher in online}) == everybody, "each session counts for the one who logged in"
