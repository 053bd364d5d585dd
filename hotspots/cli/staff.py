"""`hotspots staff`: who works with the dashboards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import audit, lookup
from hotspots import staff as members
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.models import Authority, StaffMember
from hotspots.staff import Role

app = typer.Typer(name="staff", help="Members of staff.", no_args_is_help=True)

_COLUMNS = ("name", "role", "authority", "created_at", "must_change_password", "locked_until", "disabled_at")
_Name = Annotated[str, typer.Argument(help="The name that they sign in with.")]


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


@app.command("list", epilog="Example: hotspots staff list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the members of staff by name, those who are disabled, too."""
    everybody = select(StaffMember).options(joinedload(StaffMember.authority)).order_by(StaffMember.name)
    with opened() as database, database.read() as session:
        rows = [_row(member) for member in session.scalars(everybody)]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command("new-password", epilog="Example: hotspots staff new-password jan.kowalski")
def new_password(name: _Name, as_json: JsonOption = False) -> None:
    """Give somebody who lost theirs a new first password, shown once; it must be changed, and unlocks them."""
    with opened() as database, database.write() as session:
        member = members.find(session, name)
        password = members.give_new_password(session, member, given_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record = {"name": member.name, "first_password": password.get_secret_value()}
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots staff disable jan.kowalski")
def disable(name: _Name, as_json: JsonOption = False) -> None:
    """Let somebody in no more, and sign them out; what they did stays under their name."""
    with opened() as database, database.write() as session:
        member = members.find(session, name)
        members.disable(session, member, disabled_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record = _row(member)
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots staff enable jan.kowalski")
def enable(name: _Name, as_json: JsonOption = False) -> None:
    """Let somebody who was disabled in again, with the password that they had."""
    with opened() as database, database.write() as session:
        member = members.find(session, name)
        members.enable(session, member, enabled_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record = _row(member)
    show_record(record, as_json=as_json)


def _row(member: StaffMember) -> dict[str, object]:
    return {name: getattr(member, name) for name in _COLUMNS} | {"authority": member.authority.slug}
