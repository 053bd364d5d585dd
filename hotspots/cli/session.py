"""`hotspots session`: who is and was online."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import audit, lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import Session
from hotspots.sessions import disconnects

app = typer.Typer(name="session", help="Sessions of residents.", no_args_is_help=True)

_OF_SESSION = (
    "acct_session_id",
    "started_at",
    "stopped_at",
    "session_seconds",
    "octets_up",
    "octets_down",
    "terminate_cause",
)
_COLUMNS = ("id", "user_name", "device", "access_point", *_OF_SESSION)


@app.command("list", epilog="Example: hotspots session list --active --json")
def list_(
    active: Annotated[bool, typer.Option("--active", help="Only those that have not ended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the sessions, the latest last."""
    statement = select(Session).options(joinedload(Session.access_point)).order_by(Session.started_at, Session.id)
    if active:
        statement = statement.where(Session.stopped_at.is_(None))
    with opened() as database, database.read() as session:
        rows = [_row(stay) for stay in session.scalars(statement)]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots session disconnect 4711")
def disconnect(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Its id, or its acct_session_id while it is open.")],
    as_json: JsonOption = False,
) -> None:
    """Ask the gateway to end a session; the radius service sends it, the accounting proves it."""
    with opened() as database, database.write() as session:
        stay = lookup.session_named(session, id_)
        command = disconnects.ask(session, stay, asked_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        if command is None:
            raise HotspotsError(f"session {id_} has ended already")
        record = {
            "id": stay.id,
            "acct_session_id": stay.acct_session_id,
            "state": command.state,
            "asked_at": command.asked_at,
        }
    show_record(record, as_json=as_json)


def _row(stay: Session) -> dict[str, object]:
    return {
        "id": stay.id,
        "user_name": stay.user_name,
        "device": stay.device,
        "access_point": stay.access_point.name,
    } | {name: getattr(stay, name) for name in _OF_SESSION}
