"""What waits for the database is told on the first page, and where the database does not answer at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from hotspots.database import Database
from hotspots.recorder.backlog import FOLDER
from hotspots.storage.spool import Spool
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
WAITS = "20 kB of what access points reported have been waiting for the database for 5 min."


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """Something has been waiting for five minutes."""
    spool = Spool(tmp_path / FOLDER, clock=(NOW - timedelta(minutes=5)).timestamp)
    spool.append([bytes(19_980)])
    return spool


@pytest.fixture
def failing(network: Database) -> Callable[[], None]:
    """Calling it takes a table away from under the pages."""

    def take_away() -> None:
        with network.engine.begin() as connection:
            connection.execute(text("ALTER TABLE staff_members RENAME TO elsewhere"))

    return take_away


def test_nothing_is_said_while_nothing_waits(desk_of: Seated) -> None:
    assert "The figures below lag behind" not in desk_of("jan").go("/staff/").text


def test_length_and_age_stand_on_the_first_page(desk_of: Seated, spool: Spool) -> None:
    page = desk_of("jan").go("/staff/")
    assert f"The figures below lag behind {WAITS}" in page.text
    spool.forget_all()
    assert "lag behind" not in desk_of("jan").go("/staff/").text


def test_they_stand_there_in_polish(app: Flask, town: Town, spool: Spool) -> None:
    assert not spool.empty
    desk = Desk(app, town.passwords, language="pl")
    desk.sign_in("jan")
    assert "(20 kB) czekają na bazę danych od 5 min." in desk.page.text


def test_where_the_database_does_not_answer_who_signed_in_is_told_how_much_waits(
    desk_of: Seated, app: Flask, town: Town, spool: Spool, failing: Callable[[], None]
) -> None:
    assert not spool.empty
    desk = desk_of("jan")
    failing()

    page = desk.go("/staff/sessions")
    stranger = Desk(app, town.passwords).go("/staff/login")

    assert desk.response.status_code == 503
    assert page.heading == "The database does not answer"
    assert WAITS in page.text
    assert "reported" not in stranger.text
