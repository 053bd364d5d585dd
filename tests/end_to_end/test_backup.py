"""Saved while residents come and go, moved to PostgreSQL and brought back: with `hotspots` alone, as in the docs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.end_to_end import load
from tests.end_to_end.books import Entry, Hours, compare, kept
from tests.end_to_end.installation import Installation
from tests.end_to_end.load import Load
from tests.end_to_end.postgres import Postgres


def sums(entries: list[Entry]) -> Hours:
    octets = sum(each.received + each.sent for each in entries)
    return Hours(len(entries), sum(each.seconds for each in entries), octets)


def restore(installation: Installation, saved: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "hotspots", "restore", saved],
        cwd=installation.folder, env=installation.environment | settings,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_residents_notice_nothing_and_everything_comes_along(
    installation: Installation, postgres: Postgres, tmp_path: Path
) -> None:
    installation.settings["HOTSPOTS_RADIUS_WORKERS"] = "2"
    installation.serve()
    where, journal = load.endpoint(installation, users=500), installation.folder / "journal"
    with Load(where, journal) as residents:
        residents.wait_for(200)
        saved = installation.command("backup", "--to", "saved.db")["path"]
        refused = restore(installation, saved)
        residents.wait_for(200)
        measured = residents.stop()

    assert (measured.lost, measured.reject) == (0, 0)
    assert compare(installation, journal) == []
    assert (refused.returncode, "another hotspots run works in" in refused.stderr) == (2, True)

    # It is of one moment: what the sessions say is what was added to the hours.
    drill = tmp_path / "drill"
    key = (installation.data_dir / "secret_key").read_text().strip()
    tried = restore(installation, saved, HOTSPOTS_DATA_DIR=str(drill), HOTSPOTS_SECRET_KEY=key)
    assert tried.returncode == 0, tried.stderr
    then = kept(installation.database_url.set(database=str(drill / "hotspots.db")))
    assert sums(then[0]) == then[1]
    assert 0 < len(then[0]) < len(kept(installation.database_url)[0])

    # Moved, the books still agree, and residents get online as before.
    assert installation.stop() == 0
    target = postgres.new_database()
    installation.command("database", "move", str(installation.database_url), target)
    installation.settings["HOTSPOTS_DATABASE_URL"] = target
    installation.serve()
    assert compare(installation, journal) == []
    assert load.lets_in(where)
    assert installation.stop() == 0

    # And back to the moment of the backup.
    brought_back = restore(installation, saved)
    assert brought_back.returncode == 0, brought_back.stderr
    assert kept(installation.database_url) == then
    installation.serve()
    assert load.lets_in(where)
    assert installation.stop() == 0
    assert list((installation.data_dir / "backups").glob("hotspots-*.db")), "the one of the first night"
