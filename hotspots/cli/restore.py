"""`hotspots restore`: bring a backup back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hotspots.backups.file import Facts
from hotspots.backups.restoring import Restored, check, restore
from hotspots.cli.opened import settings_with_key
from hotspots.cli.output import JsonOption, console, rfc3339, show_record
from hotspots.cli.progress import shown
from hotspots.settings import load_settings

app = typer.Typer()


@app.command("restore", epilog="Example: hotspots restore /mnt/usb/hotspots-before-the-update.db")
def restore_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What hotspots backup made.")],
    check_only: Annotated[
        bool, typer.Option("--check", help="Only read all of it and say what it holds; change nothing.")
    ] = False,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="Although its secrets are sealed under a key that is lost.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup into the database of the settings, SQLite or PostgreSQL; hotspots must be stopped.

    It is read and verified first. The present database is kept aside, and nothing changes where anything fails.
    """
    os.umask(0o027)  # what is written from here on concerns residents
    settings = load_settings(make_secret_key=not check_only) if other_key else settings_with_key()
    if check_only:
        _show(check(file.absolute(), settings, other_key=other_key), None, as_json=as_json)
        return
    with shown() as progress:
        restored = restore(file.absolute(), settings, datetime.now(UTC), other_key=other_key, progress=progress)
    _show(restored.facts, restored, as_json=as_json)
    if not as_json:
        _say_what_is_next(restored, other_key=other_key)


def _show(facts: Facts, restored: Restored | None, *, as_json: bool) -> None:
    record: dict[str, object] = {
        "made_at": facts.made_at,
        "program": facts.program,
        "revision": facts.revision,
        "source": facts.source,
        "rows": facts.rows if as_json else sum(facts.rows.values()),
    }
    if as_json:
        record["settings"] = facts.settings
    if restored is not None:
        record["aside"] = str(restored.aside) if restored.aside else None
    show_record(record, as_json=as_json)


def _say_what_is_next(restored: Restored, *, other_key: bool) -> None:
    lines = [
        f"Everything is as of {rfc3339(restored.facts.made_at)}: what was entered or erased since then"
        " must be entered or erased again.",
        "Next: start hotspots, and run hotspots doctor.",
    ]
    if isinstance(restored.aside, Path):
        lines.append(f"The database that was there before is {restored.aside}; remove it when all is well.")
    elif restored.aside is not None:
        lines.append(f"What was there before is in the schema {restored.aside} of the database.")
        lines.append(f"When all is well, remove it: DROP SCHEMA {restored.aside} CASCADE;")
    if other_key:
        lines.append(
            "Enter the secrets of the access points again, and print new vouchers: the old ones are sealed."
        )
    for line in lines:
        console().print(line, markup=False, highlight=False)
