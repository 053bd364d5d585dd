"""`hotspots authority`: the gminas and the powiat, and what is theirs alone on the pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from hotspots import audit, lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_records
from hotspots.errors import HotspotsError
from hotspots.inventory.public_page import PageEntry
from hotspots.models import Authority, CoatOfArms
from hotspots.public_pages import coat_of_arms

app = typer.Typer(
    name="authority",
    help="The powiat and its gminas. Names, colours and texts come with the inventory.",
    no_args_is_help=True,
)

_COLUMNS = ("slug", "name", "kind", "colour", "coat_of_arms", "declaration", "retention_days", "retention_mode")


@app.command("list", epilog="Example: hotspots authority list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the authorities with what their pages have: a colour, a coat of arms, an accessibility declaration."""
    with opened() as database, database.read() as session:
        with_arms = set(session.scalars(select(CoatOfArms.authority_id)))
        rows = session.scalars(select(Authority).order_by(Authority.slug)).all()
        records = [
            {
                "slug": row.slug,
                "name": row.name,
                "kind": row.kind,
                "colour": PageEntry.of(row.page).colour,
                "coat_of_arms": row.id in with_arms,
                "declaration": PageEntry.of(row.page).accessibility is not None,
                "retention_days": row.retention_days,
                "retention_mode": row.retention_mode,
            }
            for row in rows
        ]
    show_records(records, columns=_COLUMNS, as_json=as_json)


@app.command(epilog="Example: hotspots authority arms belzyce herb.png")
def arms(
    slug: Annotated[str, typer.Argument(help="Slug of the authority.")],
    file: Annotated[Path | None, typer.Argument(help="A PNG; left out with --remove.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Show none.")] = False,
) -> None:
    """Set the coat of arms that stands on the pages of an authority."""
    if (file is None) != remove:
        raise HotspotsError("either a file or --remove", hint="hotspots authority arms SLUG FILE")
    picture = None if file is None else coat_of_arms.cleaned(_read(file))
    with opened() as database, database.write() as session:
        authority = lookup.by_slug(session, Authority, slug)
        row = session.get(CoatOfArms, authority.id)
        if row is not None and picture is None:
            session.delete(row)
        elif picture is not None:
            session.merge(CoatOfArms(authority_id=authority.id, png=picture))
        action = "authority.arms" if picture is not None else "authority.no_arms"
        audit.append(session, actor=audit.COMMAND_LINE, action=action, subject=slug, now=datetime.now(UTC))


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened_file:
            # One octet more than there may be is enough to refuse it.
            return opened_file.read(coat_of_arms.MOST_OCTETS_OF_A_FILE + 1)
    except OSError as error:
        raise HotspotsError(f"{file} cannot be read: {error.strerror}") from error
