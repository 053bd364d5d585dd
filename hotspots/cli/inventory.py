"""`hotspots inventory`: the network as one file."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hotspots import audit
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_records
from hotspots.errors import HotspotsError
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.changes import Change, shown
from hotspots.inventory.reading import read_file
from hotspots.inventory.stored import stored_inventory
from hotspots.inventory.writing import header_of, to_text

app = typer.Typer(
    name="inventory", help="Authorities, hotspots, devices and plans as one file.", no_args_is_help=True
)

_COLUMNS = ("action", "kind", "name", "field", "before", "after")
_STANDARD_OUTPUT = Path("-")


@app.command("import", epilog="Example: hotspots inventory import my-powiat.yaml --dry-run")
def import_(
    file: Annotated[Path, typer.Argument(help="The YAML file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the database say what the file says, all of it or nothing; again and again as you like."""
    inventory = read_file(file)
    with opened() as database:
        changes = import_inventory(
            database,
            inventory,
            source=str(file),
            actor=audit.COMMAND_LINE,
            now=datetime.now(UTC),
            dry_run=dry_run,
        )
    show_records((_record(change) for change in changes), as_json=as_json, columns=_COLUMNS)
    count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    typer.echo(f"{count} would be made" if dry_run else f"{count} made", err=True)


@app.command(epilog="Example: hotspots inventory export my-powiat.yaml")
def export(
    file: Annotated[Path, typer.Argument(help="Where to; - is standard output. A comment at its top is kept.")],
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets", help="Write RADIUS and UAM secrets too, readable.")
    ] = False,
) -> None:
    """Write the inventory as the file that would give the same database."""
    with opened() as database, database.read() as session:
        inventory = stored_inventory(session, database.vault)
    if file == _STANDARD_OUTPUT:
        sys.stdout.write(to_text(inventory, show_secrets=show_secrets))
        return
    try:
        header = header_of(file.read_text(encoding="utf-8")) if file.exists() else ""
        _replace(file, to_text(inventory, show_secrets=show_secrets, header=header), private=show_secrets)
    except OSError as error:
        raise HotspotsError(f"{file} cannot be written: {error.strerror}", "name another file") from error
    except UnicodeDecodeError as error:
        raise HotspotsError(f"{file} is there and is no text", "name another file") from error


def _record(change: Change) -> dict[str, object]:
    return {name: shown(getattr(change, name)) for name in _COLUMNS}


def _replace(path: Path, text: str, *, private: bool) -> None:
    """Put the text in place at once, so that nobody ever finds half a file; secrets for the owner alone."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o600 if private else 0o644)  # noqa: PTH101 - it is no Path yet
    os.replace(file.name, path)  # noqa: PTH105
