"""`hotspots hold`: legal holds from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from hotspots.cli.main import build
from hotspots.errors import HotspotsError
from tests.hotspots.cli.called import rows

ORDER = ("--reason", "PR Lublin 3012-1.Ds.7.2026", "--by", "Anna Kowalska")

pytestmark = pytest.mark.usefixtures("network")


def run(*arguments: str) -> list[dict[str, Any]]:
    return rows("hold", *arguments)


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


def test_for_good_is_until_the_last_day_that_there_is() -> None:
    (placed,) = run("add", "device", "02:11:22:33:44:55", *ORDER, "--until", "9999-12-31")
    assert placed["until"].startswith("9999-12-31")
    assert run("list") == [placed]


def test_a_number_that_no_hold_can_have_is_no_hold() -> None:
    with pytest.raises(HotspotsError, match="there is no hold"):
        run("lift", "9" * 20, "--reason", "a slip of the finger")


def test_a_reason_and_a_name_are_needed() -> None:
    given = ["hold", "add", "device", "02:11:22:33:44:55"]
    assert CliRunner().invoke(build(given), given).exit_code == 2
    assert run("list") == []
