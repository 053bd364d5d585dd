"""Reports of others than RADIUS workers: kept by the same recorder, or said not to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotspots.database import Database
from hotspots.models import Session
from hotspots.recorder import errand
from hotspots.recorder.errand import NotKeptError
from hotspots.sessions.accounting import Report, Status
from tests.hotspots.places import NOW, add_network
from tests.radius.running import RecorderThread


def test_what_was_handed_over_is_durable_and_counts_once(database: Database, tmp_path: Path) -> None:
    with database.write() as db:
        add_network(db, database.vault)
    reports = [Report(Status.START, 1, NOW, acct_session_id=str(number), source="opennds") for number in range(250)]
    recorder = RecorderThread(database, tmp_path / "recorder")
    try:
        errand.keep(recorder.path, [])
        errand.keep(recorder.path, reports)
        errand.keep(recorder.path, reports)
    finally:
        recorder.stop()
    with database.read() as db:
        assert db.execute(select(Session.source, func.count()).group_by(Session.source)).all() == [("opennds", 250)]


def test_a_recorder_that_is_away_keeps_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotKeptError, match="does not answer"):
        errand.keep(tmp_path / "nobody.sock", [Report(Status.START, 1, NOW)])
