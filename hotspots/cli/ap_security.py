"""`hotspots ap security`: the security cards of the access points."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hotspots import lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, console, show_records
from hotspots.security.card import Card, judge
from hotspots.security.facts import of_access_points
from hotspots.security.remedies import remedy

app = typer.Typer()

_COLUMNS: Final = (
    *(
        "name",
        "grade",
        "faults",
        "signed_since",
        "unsigned_at",
        "transport",
        "configured_transport",
        "secret_octets",
        "secret_set_at",
    ),
    *("class_echoed", "octets_counted", "disconnect", "clock_skew_seconds"),
)


@app.command(epilog="Example: hotspots ap security belzyce-urzad-1")
def security(
    name: Annotated[str | None, typer.Argument(help="Its name; all of them if not given.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Grade access points from A to F, and say what mends each fault."""
    with opened() as database, database.read() as db:
        wanted = None if name is None else [lookup.access_point(db, name).id]
        facts = of_access_points(db, database.vault, wanted)
    now = datetime.now(UTC)
    cards = [judge(each, now) for each in facts]
    show_records([_record(card) for card in cards], as_json=as_json, columns=_COLUMNS)
    if not as_json:
        _show_remedies(cards)


def _record(card: Card) -> dict[str, object]:
    facts = card.facts
    return {
        "name": facts.name,
        "grade": card.grade,
        "faults": ", ".join(card.faults),
        "signed_since": facts.signed_at,
        "unsigned_at": facts.unsigned_at,
        "transport": facts.transport,
        "configured_transport": facts.configured_transport,
        "secret_octets": facts.secret_octets,
        "secret_set_at": facts.secret_set_at,
        "class_echoed": f"{facts.with_class}/{facts.sessions}",
        "octets_counted": f"{facts.counted}/{facts.sessions}",
        "disconnect": facts.disconnect,
        "clock_skew_seconds": facts.clock_skew_seconds,
    }


def _show_remedies(cards: list[Card]) -> None:
    out = console()
    for card in cards:
        for fault in card.faults:
            command = remedy(fault, card.facts) or "newer firmware of its make"
            out.print(f"{card.facts.name}: {fault} -> {command}", markup=False, highlight=False)
