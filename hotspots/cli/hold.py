"""`hotspots hold`: single records that are not erased for a while."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from hotspots import audit, hold_orders, legal_holds
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.legal_holds import Kind
from hotspots.models import LegalHold

app = typer.Typer(
    name="hold", help="Records of a session, device or voucher that a law keeps for a while.", no_args_is_help=True
)

_COLUMNS = ("id", "kind", "subject", "reason", "ordered_by", "placed_at", "until")
_Reason = Annotated[
    str, typer.Option("--reason", help="The order and its file number; it stands in the audit log.")
]


@app.command(
    epilog='Example: hotspots hold add session 4711 --reason "PR Lublin 3012-1.Ds.7.2026" --by "A. Kowalska"'
)
def add(
    kind: Annotated[Kind, typer.Argument(help="Of what.")],
    subject: Annotated[str, typer.Argument(help="The session's or voucher's number, or the device's MAC address.")],
    reason: _Reason,
    by: Annotated[str, typer.Option("--by", help="Who ordered it, or decided to follow the order.")],
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="The last day (of Warsaw). Left out: 90 days from now."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Keep these records from being erased until a day."""
    now = datetime.now(UTC)
    end = hold_orders.end_of(None if until is None else until.date(), now)
    with opened() as database, database.write() as session:
        hold = hold_orders.add(
            session,
            kind,
            subject,
            reason=reason,
            ordered_by=by,
            until=end,
            placed_by=audit.COMMAND_LINE,
            now=now,
        )
    show_record(_record(hold), as_json=as_json)


@app.command("list", epilog="Example: hotspots hold list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the holds in force."""
    with opened() as database, database.read() as session:
        rows = [_record(hold) for hold in legal_holds.in_force(session, datetime.now(UTC))]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog='Example: hotspots hold lift 3 --reason "released by the prosecutor"')
def lift(
    number: Annotated[int, typer.Argument(help="The number of the hold.")],
    reason: _Reason,
    as_json: JsonOption = False,
) -> None:
    """End a hold before its time."""
    with opened() as database, database.write() as session:
        hold_orders.lift(session, number, reason=reason, lifted_by=audit.COMMAND_LINE, now=datetime.now(UTC))
    show_record({"id": number, "lifted": True}, as_json=as_json)


def _record(hold: LegalHold) -> dict[str, object]:
    return {name: getattr(hold, name) for name in _COLUMNS}
