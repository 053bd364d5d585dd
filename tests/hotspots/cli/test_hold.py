"""`hotspots hold`: legal holds from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotspots.cli.main import build
from hotspots.database import Database
from hotspots.errors import HotspotsError
from tests.hotspots.places import add_network

ORDER = ("--reason", "PR Lublin 3012-1.Ds.7.2026", "--by", "Anna Kowalska")


@pytest.fixture(autouse=True)
def network(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", "a key of the tests, long enough to be taken")
    with database.write() as db:
        add_network(db, database.vault)
    return database


def run(*arguments: str) -> list[dict[str, str]]:
    given = ["hold", *arguments, "--json"]
    result = CliRunner().invoke(build(given), given)
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    return found if isinstance(found, list) else [found]


def test_one_is_placed_listed_and_lifted() -> None:
    (placed,) = run("add", "device", "02-11-22-33-44-55", *ORDER)
    assert (placed["kind"], placed["subject"]) == ("device", "02:11:22:33:44:55")
    assert datetime.fromisoformat(placed["until"]) - datetime.fromisoformat(placed["placed_at"]) == timedelta(
        days=90
    )
    assert run("list") == [placed]
    run("lift", str(placed["id"]), "--reason", "released by the prosecutor")
    assert run("list") == []
    with pytest.raises(HotspotsError, match="there is no hold"):
        run("lift", str(placed["id"]), "--reason", "once more")


def test_the_last_day_is_a_whole_one_of_warsaw() -> None:
    (placed,) = run("add", "device", "02:11:22:33:44:55", *ORDER, "--until", "2099-07-01")
    assert datetime.fromisoformat(placed["until"]) == datetime(2099, 7, 1, 22, tzinfo=UTC)


def test_a_reason_and_a_name_are_needed() -> None:
    given = ["hold", "add", "device", "02:11:22:33:44:55"]
    assert CliRunner().invoke(build(given), given).exit_code == 2
    assert run("list") == []
