"""What a command shows: a table for people, or one JSON document for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import PurePath
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document (sizes in octets, times in UTC).")
]

_LOCAL = ZoneInfo("Europe/Warsaw")
_WIDTH_OF_A_PIPE = 100_000
_LONG = 40
"""A column with more characters is folded where a terminal is narrow, so that the others stay whole."""
_FOLDED = 20
"""To no fewer characters; where even that does not fit, records stand one below the other."""


def show_records(
    records: Iterable[Mapping[str, object]], *, as_json: bool, columns: Sequence[str], title: str = ""
) -> None:
    """Print records: a JSON array, or a table with these columns; where a terminal is too narrow for it, in lines.

    In JSON times are RFC 3339 in UTC with `Z`, sizes octets, secrets `***`. In the table times are local and
    columns named `octets_...` have decimal units.
    """
    rows = list(records)
    if as_json:
        _print_json([{name: row[name] for name in columns} for row in rows])
        return
    cells = {name: [_cell(name, row[name]) for row in rows] for name in columns}
    out = console()
    if _least_width(cells) <= out.width:
        out.print(_table(cells, title))
        return
    if title:
        out.print(Text(title, style="bold"))
    for row in rows:
        out.print(_lines({name: row[name] for name in columns}))
        out.print()
    if not rows:
        out.print("none")


def show_record(record: Mapping[str, object], *, as_json: bool) -> None:
    """Print one record: a JSON object, or a line for each field."""
    if as_json:
        _print_json(record)
        return
    console().print(_lines(record))


def _lines(record: Mapping[str, object]) -> Table:
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    for name, value in record.items():
        lines.add_row(Text(name, style="bold"), _cell(name, value))
    return lines


def _table(cells: Mapping[str, Sequence[Text]], title: str) -> Table:
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name, column in cells.items():
        table.add_column(name, no_wrap=_widest(name, column) <= _LONG, overflow="fold")
    for row in zip(*cells.values(), strict=True):
        table.add_row(*row)
    return table


def _least_width(cells: Mapping[str, Sequence[Text]]) -> int:
    """Of the table in which every column can still be read: long ones folded, with a line and two blanks between."""
    widest = (_widest(name, column) for name, column in cells.items())
    return sum(3 + (width if width <= _LONG else _FOLDED) for width in widest) + 1


def _widest(name: str, column: Sequence[Text]) -> int:
    return max([len(name), *(cell.cell_len for cell in column)])


def console() -> Console:
    """Standard output; into a pipe nothing is cut to a terminal's width, and the address 02:ab:cd:… is no picture."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE, emoji=False)


def rfc3339(moment: datetime) -> str:
    """The time in UTC, to the second, with `Z` (RFC 3339, section 5.6).

    Raises:
        ValueError: The time has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone cannot be shown")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, default=_plain, ensure_ascii=False, indent=2) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _cell(name: str, value: object) -> Text:
    # Text, not markup: a name with square brackets stays as it is.
    several = value if isinstance(value, list | tuple) else [value]
    return Text(", ".join(_words(name, each) for each in several))


def _words(name: str, value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(_LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int) and name.startswith("octets"):
        return decimal(value)
    if isinstance(value, SecretStr):
        return "***"
    return str(value.value if isinstance(value, Enum) else value)
