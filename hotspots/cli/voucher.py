"""`hotspots voucher`: codes that let somebody in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from hotspots import audit, keys, lookup, vouchers
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import Authority, ServicePlan
from hotspots.settings import load_settings
from hotspots.vouchers import CodeFault, FaultKind

app = typer.Typer(name="voucher", help="Voucher codes.", no_args_is_help=True)

_COLUMNS = ("code", "plan", "authority", "expires_at", "lifetime_seconds")
_OCTETS_PER_MEGABYTE = 1_000_000
_MOST_AT_ONCE = 10_000
_MOST_HOURS = 24 * 3650
_MOST_MINUTES = 60 * _MOST_HOURS
_MOST_MEGABYTES = 1_000_000_000


@app.command(epilog="Example: hotspots voucher create --plan od-2018 --count 10 --hours 24")
def create(
    plan: Annotated[str, typer.Option(help="Slug of the plan that they give.")],
    count: Annotated[int, typer.Option(min=1, max=_MOST_AT_ONCE, help="How many.")],
    authority: Annotated[str | None, typer.Option(help="Whose they are; the powiat's if not given.")] = None,
    hours: Annotated[
        float, typer.Option(min=0.01, max=_MOST_HOURS, help="How long each is good for from its first login.")
    ] = 24,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Within how many days it must be used.")] = 365,
    minutes_online: Annotated[
        int | None, typer.Option(min=1, max=_MOST_MINUTES, help="Time online in all, if less.")
    ] = None,
    megabytes: Annotated[
        int | None, typer.Option(min=1, max=_MOST_MEGABYTES, help="Volume in all, both ways together.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make vouchers and show their codes."""
    now = datetime.now(UTC)
    expires_at, lifetime_seconds = now + timedelta(days=days), round(hours * 3600)
    with opened() as database, database.write() as session:
        giver = lookup.by_slug(session, Authority, authority) if authority else lookup.first_authority(session)
        codes = vouchers.create_batch(
            session,
            database.vault,
            keys.derive(load_settings().secret_key, keys.VOUCHER_LOOKUP),
            plan=lookup.by_slug(session, ServicePlan, plan),
            authority=giver,
            count=count,
            created_by=audit.COMMAND_LINE,
            now=now,
            expires_at=expires_at,
            lifetime_seconds=lifetime_seconds,
            total_seconds=None if minutes_online is None else minutes_online * 60,
            total_octets=None if megabytes is None else megabytes * _OCTETS_PER_MEGABYTE,
        )
        slug = giver.slug
    rows = [
        {
            "code": vouchers.grouped(code),
            "plan": plan,
            "authority": slug,
            "expires_at": expires_at,
            "lifetime_seconds": lifetime_seconds,
        }
        for code in codes
    ]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots voucher revoke ABCD-EFGH-2345")
def revoke(code: Annotated[str, typer.Argument(help="The code.")], as_json: JsonOption = False) -> None:
    """Make a voucher worthless; who is online with it stays until the session ends."""
    normalised = vouchers.normalise(code)
    if isinstance(normalised, CodeFault):
        raise HotspotsError(f"{code} is no voucher code: {_explain(normalised)}")
    now = datetime.now(UTC)
    with opened() as database, database.write() as session:
        key = keys.derive(load_settings().secret_key, keys.VOUCHER_LOOKUP)
        voucher = vouchers.find(session, key, normalised)
        if voucher is None:
            raise HotspotsError(
                f"there is no voucher {vouchers.grouped(normalised)}", hint="is it of another system?"
            )
        vouchers.revoke(session, voucher, revoked_by=audit.COMMAND_LINE, now=now)
        revoked_at = voucher.revoked_at
    show_record({"code": vouchers.grouped(normalised), "revoked_at": revoked_at}, as_json=as_json)


def _explain(fault: CodeFault) -> str:
    if fault.kind is FaultKind.LENGTH:
        return f"it has {fault.length} characters instead of {vouchers.CODE_CHARACTERS}"
    if fault.kind is FaultKind.CHARACTER:
        return f"no code has {' or '.join(fault.characters)}"
    return "a character is wrong, or two are swapped"
