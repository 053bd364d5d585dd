"""`hotspots database`: the tables."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from sqlalchemy.engine import URL

from hotspots.cli.output import JsonOption, console, show_record, show_records
from hotspots.cli.progress import shown
from hotspots.database import open_database
from hotspots.errors import HotspotsError
from hotspots.settings import load_settings
from hotspots.storage import database_url, migrate
from hotspots.storage.move import Moved, move

app = typer.Typer(name="database", help="The tables and their version.", no_args_is_help=True)

_EXAMPLE = (
    "Example: hotspots database move sqlite:////var/lib/hotspots/hotspots.db"
    " postgresql://hotspots@db.example.org/hotspots"
)


@app.command(epilog="Example: hotspots database upgrade")
def upgrade(as_json: JsonOption = False) -> None:
    """Bring the tables to the state that this version needs; `hotspots run` does it by itself."""
    database = open_database(load_settings())
    try:
        before, after = migrate.upgrade(database.engine)
    finally:
        database.close()
    show_record({"revision_before": before, "revision": after}, as_json=as_json)


@app.command("move", epilog=_EXAMPLE)
def move_(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The URL of the database that is in use.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The URL of an empty database.")],
    as_json: JsonOption = False,
) -> None:
    """Copy everything into another database, SQLite or PostgreSQL, and compare; hotspots must be stopped.

    A password stays out of the list of processes when it is in PGPASSWORD or in ~/.pgpass instead of the URL.
    """
    os.umask(0o027)  # an SQLite file that is made here concerns residents
    from_url, to_url = _url(source, "FROM"), _url(target, "TO")
    with shown() as progress:
        moved = move(from_url, to_url, data_dir=load_settings(make_secret_key=False).data_dir, progress=progress)
    if as_json:
        tables = {name: {"rows": each.rows, "sha256": each.sha256} for name, each in moved.tables.items()}
        show_record({"revision": moved.revision, "tables": tables}, as_json=True)
        return
    _explain(moved, to_url)


def _explain(moved: Moved, to_url: URL) -> None:
    rows = [{"table": name, "rows": each.rows, "sha256": each.sha256[:16]} for name, each in moved.tables.items()]
    show_records(rows, as_json=False, columns=("table", "rows", "sha256"), title="Equal on both sides")
    console().print(
        f"Next: set HOTSPOTS_DATABASE_URL (or database_url in hotspots.toml) to {to_url} with its password,"
        " start hotspots, and run hotspots doctor. The secret key stays as it is.",
        markup=False,
        highlight=False,
    )


def _url(given: str, which: str) -> URL:
    try:
        url = database_url.parse(given)
    except ValueError as error:
        raise HotspotsError(f"{which} is no address of a database: {error}") from None
    if url.get_backend_name() == "sqlite" and database_url.sqlite_file(url) is None:
        raise HotspotsError(f"{which} names no file", "Write sqlite:///FILE")
    return url
