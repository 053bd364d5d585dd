"""`hotspots staff`: who works with the dashboards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from hotspots import audit, lookup
from hotspots import staff as members
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record
from hotspots.models import Authority
from hotspots.staff import Role

app = typer.Typer(name="staff", help="Members of staff.", no_args_is_help=True)


@app.command(epilog="Example: hotspots staff add jan.kowalski --role clerk --authority belzyce")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    authority: Annotated[str, typer.Option(help="Slug of the gmina, or of the powiat, which sees all.")],
    as_json: JsonOption = False,
) -> None:
    """Add a member of staff; the first password is shown once and must be changed."""
    with opened() as database, database.write() as session:
        member, password = members.add(
            session,
            name=name,
            role=role,
            authority=lookup.by_slug(session, Authority, authority),
            added_by=audit.COMMAND_LINE,
            now=datetime.now(UTC),
        )
        record = {
            "name": member.name,
            "role": role,
            "authority": authority,
            "first_password": password.get_secret_value(),
        }
    show_record(record, as_json=as_json)
