"""`hotspots ap secret`: changing the RADIUS secret of an access point while it is in service."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from pydantic import SecretStr, TypeAdapter, ValidationError

from hotspots import audit
from hotspots.access_points import secret_change
from hotspots.cli import ap_notes
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.inventory.fields import Secret

SECRET_OCTETS: Final = 32

app = typer.Typer(name="secret", help="RADIUS secrets that are being changed.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(help="Name of the access point.")]
_COLUMNS: Final = ("access_point", "since", "secret_used_at", "former_secret_used_at", "former_unused_since")


@app.command(epilog="Example: hotspots ap secret change belzyce-urzad-1")
def change(
    name: _Name,
    secret: Annotated[str | None, typer.Option(help="The new secret; made where not given.")] = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The present one is good no more: it is known to others.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Give an access point a new secret; until the former one is dropped, both are good.

    `hotspots ap list --show-secrets` shows the new one, and the access point's configuration is rendered with it.
    """
    new = _checked(secret if secret is not None else secrets.token_urlsafe(SECRET_OCTETS))
    now = datetime.now(UTC)
    with opened() as database, database.write() as db:
        secret_change.change(db, database.vault, name, new, at_once=at_once, actor=audit.COMMAND_LINE, now=now)
    show_record({"access_point": name, "changed_at": now, "former_secret_is_good": not at_once}, as_json=as_json)
    if ap_notes.is_short(new):
        typer.echo(f"note: {ap_notes.SHORT}", err=True)


@app.command("list", epilog="Example: hotspots ap secret list")
def list_(as_json: JsonOption = False) -> None:
    """List the changes under way, and which of the two secrets each access point used last."""
    with opened() as database, database.read() as db:
        changes = secret_change.under_way(db)
    rows = [
        {column: getattr(each, column) for column in _COLUMNS[:-1]}
        | {"former_unused_since": each.former_unused_since()}
        for each in changes
    ]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots ap secret drop-former belzyce-urzad-1")
def drop_former(
    name: _Name,
    even_if_used: Annotated[
        bool, typer.Option("--even-if-used", help="Though nothing shows that it has the new one.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Let the former secret of an access point be good no more."""
    now = datetime.now(UTC)
    with opened() as database, database.write() as db:
        ended = secret_change.drop_former(db, name, even_if_used=even_if_used, actor=audit.COMMAND_LINE, now=now)
    if ended is None:
        raise HotspotsError(f"{name} has one secret only: nothing is to be dropped")
    show_record({"access_point": name, "dropped_at": now}, as_json=as_json)


def _checked(secret: str) -> SecretStr:
    try:
        checked: SecretStr = TypeAdapter(Secret).validate_python(SecretStr(secret))
    except ValidationError as error:
        reason = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        raise HotspotsError(f"--secret {reason}") from None
    return checked
