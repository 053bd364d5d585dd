"""`hotspots backup`: save everything while it runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from hotspots.backups.taking import Taken, take, take_into_folder
from hotspots.cli.opened import opened, settings_with_key
from hotspots.cli.output import JsonOption, console, rfc3339, show_record
from hotspots.cli.progress import shown

NICENESS: Final = 10
"""Residents who log in meanwhile come first (nice(2))."""

app = typer.Typer()


@app.command(epilog="Example: hotspots backup --to /mnt/usb/hotspots-before-the-update.db")
def backup(
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A new file; without it, one in HOTSPOTS_BACKUP_DIR, of the newest kept."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Save the whole database into one file, while everything runs, and read it again.

    The secret key is not in it: keep a copy of the file secret_key in another place than the backups.
    """
    os.nice(NICENESS)
    now = datetime.now(UTC)
    settings = settings_with_key()
    with opened(any_version=True) as database, shown() as progress:
        if to is None:
            taken = take_into_folder(database.engine, settings, now, progress)
        else:
            taken = take(database.engine, settings, to.absolute(), now, progress)
    if as_json:
        show_record(_record(taken), as_json=True)
    else:
        _explain(taken)


def _record(taken: Taken) -> dict[str, object]:
    return {
        "path": taken.path,
        "octets": taken.octets,
        "made_at": taken.facts.made_at,
        "revision": taken.facts.revision,
        "sha256": taken.facts.sha256,
        "rows": taken.facts.rows,
        "removed": [str(path) for path in taken.removed],
    }


def _explain(taken: Taken) -> None:
    show_record({"path": taken.path, "octets": taken.octets, "rows": sum(taken.facts.rows.values())}, as_json=False)
    for path in taken.removed:
        console().print(f"removed the old {path}", markup=False, highlight=False)
    console().print(
        f"Verified, as of {rfc3339(taken.facts.made_at)}. It does not hold the secret key: without it the secrets of"
        " the access points and the codes of the vouchers cannot be read again.",
        markup=False,
        highlight=False,
    )
