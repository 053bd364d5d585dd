"""`hotspots database`: the tables."""

from __future__ import annotations

import typer

from hotspots import migrate
from hotspots.cli.output import JsonOption, show_record
from hotspots.database import open_database
from hotspots.settings import load_settings

app = typer.Typer(name="database", help="The tables and their version.", no_args_is_help=True)


@app.command(epilog="Example: hotspots database upgrade")
def upgrade(as_json: JsonOption = False) -> None:
    """Bring the tables to the state that this version needs; `hotspots run` does it by itself."""
    database = open_database(load_settings())
    try:
        before, after = migrate.upgrade(database.engine)
    finally:
        database.close()
    show_record({"revision_before": before, "revision": after}, as_json=as_json)
