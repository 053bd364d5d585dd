"""`docs/settings.md` names every setting, in the order of the code, and its number where nothing is said."""

from __future__ import annotations

from pathlib import Path

from hotspots.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_stands_there_with_its_number() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [row[0].strip("`") for row in rows] == list(Settings.model_fields)
    said = {row[0].strip("`"): row[1] for row in rows}
    numbers = {name: field.default for name, field in Settings.model_fields.items() if type(field.default) is int}
    assert {name: said[name] for name in numbers} == {name: str(number) for name, number in numbers.items()}
