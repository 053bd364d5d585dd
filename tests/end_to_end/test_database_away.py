"""PostgreSQL is stopped under load: logins and accounting go on, and all of it is written down when it is back."""

from __future__ import annotations

import os
import re
import signal
import time

from tests.end_to_end import load
from tests.end_to_end.books import compare
from tests.end_to_end.installation import Installation, eventually, fetch
from tests.end_to_end.load import Load
from tests.end_to_end.postgres import Postgres

AWAY_SECONDS = 30.0


def metric(installation: Installation, name: str) -> float:
    metrics = fetch(installation.ports["metrics"], "/metrics")
    found = re.search(rf"^{name}(?:{{[^}}]*}})? (\S+)$", metrics, re.MULTILINE)
    assert found is not None, f"no {name} in:\n{metrics}"
    return float(found[1])


def test_half_a_minute_without_postgresql(installation: Installation, postgres: Postgres) -> None:
    installation.settings |= {"HOTSPOTS_RADIUS_WORKERS": "2", "HOTSPOTS_DATABASE_URL": postgres.new_database()}
    installation.serve()
    journal = installation.folder / "journal"

    with Load(load.endpoint(installation, users=500), journal) as residents:
        residents.wait_for(200)
        began = time.monotonic()
        with postgres.stopped():
            # when it is gone, and the recorder dies too, nobody has to wait
            residents.wait_for(200)
            os.kill(installation.child("recorder"), signal.SIGKILL)
            residents.wait_for(200)
            time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - began)))
            residents.wait_for(200)

            # then what waits can be seen
            assert eventually(lambda: metric(installation, "hotspots_spool_octets") > 0)
            assert metric(installation, "hotspots_spool_age_seconds") > AWAY_SECONDS / 2
            # and a worker that dies now waits for the database
            os.kill(installation.children("radius")[0], signal.SIGKILL)
            installation.wait_for("waiting for the database")

        installation.wait_for(r"supervisor: radius \d is ready", times=3)

        assert eventually(lambda: installation.spooled_octets == 0, 60), "it is not worked off under load"
        residents.wait_for(200)
        measured = residents.stop()

    assert measured.lost == 0
    assert measured.reject == 0
    assert compare(installation, journal) == []
    assert eventually(lambda: metric(installation, "hotspots_spool_octets") == 0)
    assert list((installation.data_dir / "spool").glob("*.damaged-*")) == []
    assert list((installation.data_dir / "spool").glob("refused-*")) == []
