"""`hotspots explain`: the page of the same name, at the prompt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.markup import escape
from sqlalchemy.orm import Session as OrmSession

from captive_portal.app import create_app
from captive_portal.languages import DEFAULT, PARAMETER, STAFF_LANGUAGES
from captive_portal.staff.telling import Story, nothing, story
from hotspots import keys, lookup, mac, vouchers
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, console, show_records
from hotspots.errors import HotspotsError
from hotspots.logins.explanation import Explainer, Told
from hotspots.sessions.usage_window import WARSAW, warsaw_moment
from hotspots.settings import load_settings
from hotspots.vouchers import CodeFault

app = typer.Typer()

_COLUMNS: Final = (
    *("at", "door", "access_point", "device", "method", "reason", "retry_at", "what", "advice"),
    *("rules", "session"),
)


@app.command(epilog='Example: hotspots explain --mac aa:bb:cc:dd:ee:ff --at "2026-11-21 12:30"')
def explain(
    device: Annotated[str | None, typer.Option("--mac", help="A device, by its MAC address.")] = None,
    voucher: Annotated[str | None, typer.Option(help="A voucher, by its code.")] = None,
    session: Annotated[str | None, typer.Option(help="A session, by its id.")] = None,
    at: Annotated[str | None, typer.Option(help="Around when, in Warsaw time; now if not given.")] = None,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(STAFF_LANGUAGES)}.")] = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Say why somebody got on or did not: the last decisions, each rule with what was left."""
    if sum(name is not None for name in (device, voucher, session)) != 1:
        raise HotspotsError("it is not said what to explain", "Give one of --mac, --voucher and --session")
    if language not in STAFF_LANGUAGES:
        raise HotspotsError(f"there are no texts in {language}", f"Take one of {', '.join(STAFF_LANGUAGES)}")
    now = datetime.now(UTC)
    with opened() as database, database.read() as db:
        told = _told(Explainer(db, now if at is None else _moment(at)), db, device, voucher, session)
        # A request of nobody's: the words are those of the page, which is made for one.
        with create_app(load_settings()).test_request_context(f"/staff/explain?{PARAMETER}={language}"):
            stories, instead = [story(each, now) for each in told], nothing()
    if as_json:
        show_records([_record(each) for each in stories], as_json=True, columns=_COLUMNS)
    else:
        _show(stories, instead)


def _told(
    explainer: Explainer, db: OrmSession, device: str | None, voucher: str | None, session: str | None
) -> list[Told]:
    if device is not None:
        address = mac.normalise(device)
        if address is None:
            raise HotspotsError(f"{device} is no MAC address", "It has 12 digits, such as aa:bb:cc:dd:ee:ff")
        return explainer.device(address)
    if session is not None:
        return explainer.session(lookup.session_named(db, session))
    code = vouchers.normalise(voucher or "")
    key = keys.derive(load_settings().secret_key, keys.VOUCHER_LOOKUP)
    found = None if isinstance(code, CodeFault) else vouchers.find(db, key, code)
    if found is None:
        raise HotspotsError("there is no voucher with this code", "Compare it letter by letter")
    return explainer.voucher(found.id)


def _moment(text: str) -> datetime:
    at = warsaw_moment(text)
    if at is None:
        raise HotspotsError(f"--at {text} is no time", "Give a day and a time, such as 2026-11-21 12:30")
    return at


def _record(told: Story) -> dict[str, object]:
    decision, session = told.told.decision, told.told.session
    return {
        "at": decision.at,
        "door": decision.at_door,
        "access_point": decision.access_point.name if decision.access_point else None,
        "device": decision.device,
        "method": decision.method,
        "reason": decision.reason,
        "retry_at": decision.retry_at,
        "what": told.what,
        "advice": told.advice,
        "rules": decision.checks,
        "session": session.id if session else None,
    }


def _show(stories: list[Story], instead: str) -> None:
    out = console()
    if not stories:
        out.print(instead, markup=False)
    for each in stories:
        decision = each.told.decision
        place = decision.access_point.name if decision.access_point else "-"
        out.print(f"[bold]{decision.at.astimezone(WARSAW):%Y-%m-%d %H:%M:%S}  {escape(each.what)}[/bold]")
        out.print(escape(f"    {place}, {decision.device or '-'}"), style="dim")
        for text in (each.advice, *each.checks):
            out.print(escape(f"    {text}"))
