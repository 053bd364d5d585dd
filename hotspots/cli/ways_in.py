"""`hotspots ways-in`: how residents come in at each hotspot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import audit, lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.models import Hotspot
from hotspots.public_pages import ways_in_choice
from hotspots.public_pages.ways_in import WayIn

app = typer.Typer(
    name="ways-in", help="How residents come in: one tap, voucher, SMS and others.", no_args_is_help=True
)

_COLUMNS = ("hotspot", "authority", "ways_in")


@app.command("list", epilog="Example: hotspots ways-in list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the hotspots with their ways in, in the order of the page."""
    statement = select(Hotspot).options(joinedload(Hotspot.authority)).order_by(Hotspot.slug)
    with opened() as database, database.read() as session:
        rows = [
            {"hotspot": row.slug, "authority": row.authority.slug, "ways_in": row.ways_in}
            for row in session.scalars(statement)
        ]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command("set", epilog="Example: hotspots ways-in set belzyce-urzad voucher tap")
def set_(
    hotspot: Annotated[str, typer.Argument(help="Slug of the hotspot.")],
    ways: Annotated[list[WayIn], typer.Argument(help="The ways in, in the order of the page.")],
    as_json: JsonOption = False,
) -> None:
    """Choose the ways in of a hotspot; its login page has them at once."""
    with opened() as database, database.write() as session:
        row = lookup.by_slug(session, Hotspot, hotspot)
        ways_in_choice.choose(session, row, ways, chosen_by=audit.COMMAND_LINE, now=datetime.now(UTC))
    show_record({"hotspot": hotspot, "ways_in": [way.value for way in ways]}, as_json=as_json)
