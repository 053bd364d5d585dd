"""`hotspots usage`: what went through the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_records
from hotspots.models import Authority, Hotspot
from hotspots.sessions import usage as sums
from hotspots.sessions.usage import UsageSum
from hotspots.sessions.usage_window import WARSAW, end_of_warsaw_day, start_of_warsaw_day

app = typer.Typer()

_FIGURES = ("sessions_started", "session_seconds", "octets_up", "octets_down")


class By(StrEnum):
    """What usage is summed up by."""

    HOUR = "hour"
    DAY = "day"
    AUTHORITY = "authority"
    HOTSPOT = "hotspot"


@app.command(epilog="Example: hotspots usage --by hotspot --days 7")
def usage(
    by: Annotated[By, typer.Option(help="What to sum up by; days are those of Warsaw.")] = By.DAY,
    days: Annotated[int, typer.Option(min=1, max=36500, help="How many days, today included.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Show sessions, time online and octets."""
    now = datetime.now(UTC)
    with opened() as database, database.read() as session:
        rows = [{by.value: key} | asdict(figures) for key, figures in _sums(session, by, days, now)]
    show_records(rows, as_json=as_json, columns=(by.value, *_FIGURES))


def _sums(session: Session, by: By, days: int, now: datetime) -> Iterator[tuple[object, UsageSum]]:
    if by is By.DAY:
        for day, figures in sums.last_days(session, days, now).items():
            yield day.isoformat(), figures
        return
    since, until = _window(days, now)
    if by is By.HOUR:
        yield from sums.by_hour(session, since, until).items()
        return
    if by is By.AUTHORITY:
        names = select(Authority.id, Authority.slug).order_by(Authority.slug)
        found = sums.by_authority(session, since, until)
    else:
        names = select(Hotspot.id, Hotspot.slug).order_by(Hotspot.slug)
        found = sums.by_hotspot(session, since, until)
    for id_, slug in session.execute(names):
        yield slug, found.get(id_, UsageSum())


def _window(days: int, now: datetime) -> tuple[datetime, datetime]:
    """From midnight in Warsaw so many days ago to the end of today; noon is on the right day in any time zone."""
    first = now.astimezone(WARSAW).date() - timedelta(days=days - 1)
    return start_of_warsaw_day(datetime.combine(first, time(12), WARSAW)), end_of_warsaw_day(now)
