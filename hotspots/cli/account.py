"""`hotspots account`: residents with a name and a password."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import audit, lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import Account, Authority, ServicePlan
from hotspots.residents import accounts

app = typer.Typer(name="account", help="Accounts of residents, with a password.", no_args_is_help=True)

_COLUMNS = ("id", "name", "plan", "authority", "created_at", "expires_at", "blocked_at")
_Name = Annotated[str, typer.Argument(help="The name: an e-mail address or another word.")]
_Days = Annotated[int, typer.Option(min=1, max=3650, help="For how many days from now it is good.")]


@app.command(epilog="Example: hotspots account add anna@example.org --plan od-2018")
def add(
    name: _Name,
    plan: Annotated[str, typer.Option(help="Slug of the plan that it gives.")],
    authority: Annotated[str | None, typer.Option(help="Whose it is; the powiat's if not given.")] = None,
    days: _Days = 365,
    as_json: JsonOption = False,
) -> None:
    """Add an account; the password is asked for, or read from the standard input."""
    now = datetime.now(UTC)
    with opened() as database:
        password_hash = accounts.hashed(name, _new_password())
        with database.write() as session:
            account = accounts.add(
                session,
                name=name,
                password_hash=password_hash,
                plan=lookup.by_slug(session, ServicePlan, plan),
                authority=(
                    lookup.by_slug(session, Authority, authority) if authority else lookup.first_authority(session)
                ),
                expires_at=now + timedelta(days=days),
                added_by=audit.COMMAND_LINE,
                now=now,
            )
            record = _row(account)
    show_record(record, as_json=as_json)


@app.command("list", epilog="Example: hotspots account list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the accounts by name."""
    statement = select(Account).options(joinedload(Account.plan), joinedload(Account.authority))
    with opened() as database, database.read() as session:
        rows = [_row(account) for account in session.scalars(statement.order_by(Account.name))]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots account set-password anna@example.org")
def set_password(name: _Name, as_json: JsonOption = False) -> None:
    """Give an account a new password, asked for or read from the standard input; who is online stays so."""
    with opened() as database:
        with database.read() as session:
            name = accounts.find(session, name).name
        password_hash = accounts.hashed(name, _new_password())
        with database.write() as session:
            account = accounts.find(session, name)
            accounts.set_password(session, account, password_hash, set_by=audit.COMMAND_LINE, now=datetime.now(UTC))
            record = _row(account)
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots account extend anna@example.org --days 365")
def extend(name: _Name, days: _Days, as_json: JsonOption = False) -> None:
    """Let an account be good for so many days from now."""
    now = datetime.now(UTC)
    with opened() as database, database.write() as session:
        account = accounts.find(session, name)
        accounts.extend(session, account, now + timedelta(days=days), extended_by=audit.COMMAND_LINE, now=now)
        record = _row(account)
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots account block anna@example.org")
def block(name: _Name, as_json: JsonOption = False) -> None:
    """Let an account in no more, and ask the gateways to end its open sessions."""
    with opened() as database, database.write() as session:
        account = accounts.find(session, name)
        ending = accounts.block(session, account, blocked_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record = _row(account) | {"sessions_ending": ending}
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots account unblock anna@example.org")
def unblock(name: _Name, as_json: JsonOption = False) -> None:
    """Let a blocked account in again."""
    with opened() as database, database.write() as session:
        account = accounts.find(session, name)
        accounts.unblock(session, account, unblocked_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record = _row(account)
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots account delete anna@example.org")
def delete(name: _Name, as_json: JsonOption = False) -> None:
    """Delete an account and its name everywhere, and ask the gateways to end its open sessions."""
    with opened() as database, database.write() as session:
        account = accounts.find(session, name)
        record: dict[str, object] = {"id": account.id, "name": account.name}
        ending = accounts.delete(session, account, deleted_by=audit.COMMAND_LINE, now=datetime.now(UTC))
        record["sessions_ending"] = ending
    show_record(record, as_json=as_json)


def _new_password() -> SecretStr:
    """From whoever sits at the terminal, twice; otherwise the first line of the standard input."""
    if sys.stdin.isatty():
        return SecretStr(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise HotspotsError("there is no password on the standard input", hint="type it, or pipe it in as one line")
    return SecretStr(password)


def _row(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "plan": account.plan.slug,
        "authority": account.authority.slug,
        "created_at": account.created_at,
        "expires_at": account.expires_at,
        "blocked_at": account.blocked_at,
    }
