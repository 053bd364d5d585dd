"""What commands print."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from hotspots.cli import output
from hotspots.cli.output import rfc3339, show_record, show_records

ROW = {
    "name": "[bold]ap",
    "octets_down": 1_500_000,
    "started_at": datetime(2026, 7, 1, 10, 0, tzinfo=UTC),
    "secret": SecretStr("hunter2hunter2"),
    "stopped_at": None,
    "extra": object(),
}
CHANGE = ["name", "before", "after"]
COLUMNS = ["name", "octets_down", "started_at", "secret", "stopped_at"]


def test_json_is_one_document_with_octets_and_utc(capsys: pytest.CaptureFixture[str]) -> None:
    show_records([ROW], as_json=True, columns=COLUMNS)

    assert json.loads(capsys.readouterr().out) == [
        {
            "name": "[bold]ap",
            "octets_down": 1500000,
            "started_at": "2026-07-01T10:00:00Z",
            "secret": "***",
            "stopped_at": None,
        }
    ]


def test_the_table_has_local_times_units_and_no_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    show_records([ROW], as_json=False, columns=COLUMNS)

    printed = capsys.readouterr().out
    assert "[bold]ap" in printed
    assert "1.5 MB" in printed
    assert "2026-07-01 12:00:00" in printed
    assert "hunter2" not in printed


def test_a_pipe_gets_long_values_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show_records([{"name": "garbow", "before": "x" * 900, "after": "y" * 900}], as_json=False, columns=CHANGE)

    printed = capsys.readouterr().out
    assert "garbow" in printed
    assert "x" * 900 in printed
    assert "y" * 900 in printed


def test_on_a_terminal_long_values_are_folded_and_names_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=80))
    show_records([{"name": "garbow", "before": "x" * 300, "after": "y" * 300}], as_json=False, columns=CHANGE)

    printed = capsys.readouterr().out
    assert "garbow" in printed
    assert (printed.count("x"), printed.count("y")) == (300, 300)


def test_on_a_terminal_too_narrow_for_the_table_every_field_is_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=80))
    fields = [f"field_number_{number}" for number in range(9)]
    records = [{name: f"{record} of {name}" for name in fields} for record in ("first", "second")]
    show_records(records, as_json=False, columns=fields)

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(None, 1)[1].rstrip() for line in lines if line] == [
        record[name] for record in records for name in fields
    ]
    assert lines[9] == ""


def test_an_address_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.console().print("02:ab:00:cd:ee:ff")

    assert capsys.readouterr().out == "02:ab:00:cd:ee:ff\n"


def test_one_record(capsys: pytest.CaptureFixture[str]) -> None:
    show_record({"path": Path("a/b"), "done": True}, as_json=True)

    assert json.loads(capsys.readouterr().out) == {"path": "a/b", "done": True}


def test_nothing_of_a_record_is_cut_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=60))
    show_record({"sum": "0" * 64}, as_json=False)

    assert capsys.readouterr().out.count("0") == 64


def test_several_values_of_a_field_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    show_record({"files": (Path("a.key"), Path("a.pem")), "none": []}, as_json=False)

    assert "a.key, a.pem" in capsys.readouterr().out


def test_times_are_converted_to_utc() -> None:
    assert rfc3339(datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=1)))) == "2026-01-01T00:00:00Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        rfc3339(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake that is tested
