"""`hotspots authority`, called with the same words as at the prompt."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from hotspots.cli import main
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AuditEntry, CoatOfArms
from tests.hotspots.cli.test_groups import fresh, system  # noqa: F401 - fixtures
from tests.hotspots.pictures import chunk, png


def call(*words: str) -> str:
    result = CliRunner().invoke(main.build(words), [*words])
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_a_coat_of_arms_is_set_shown_and_taken_away(system: Database, tmp_path: Path) -> None:
    file = tmp_path / "herb.png"
    file.write_bytes(png(more=chunk(b"tEXt", b"Comment\0mine")))

    call("authority", "arms", "belzyce", str(file))
    with system.read() as db:
        assert [row.png for row in db.scalars(select(CoatOfArms))] == [png()]
    assert '"coat_of_arms": true' in call("authority", "list", "--json")

    call("authority", "arms", "belzyce", "--remove")
    with system.read() as db:
        assert db.scalars(select(CoatOfArms)).all() == []
        actions = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["authority.arms", "authority.no_arms"]
    assert '"coat_of_arms": true' not in call("authority", "list", "--json")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["belzyce"], "either a file or --remove"),
        (["belzyce", "herb.png", "--remove"], "either a file or --remove"),
        (["belzyce", "nowhere.png"], "cannot be read"),
        (["nowhere", "--remove"], "nowhere"),
    ],
)
def test_what_cannot_be_changes_nothing(system: Database, words: list[str], reason: str) -> None:
    with pytest.raises(HotspotsError, match=reason):
        call("authority", "arms", *words)
