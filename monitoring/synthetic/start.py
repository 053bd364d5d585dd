"""Starts a simulation from what was wanted and from the settings, shows how far it is, and prints how it went."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hotspots.cli.opened import opened
from hotspots.cli.output import console
from hotspots.settings import Settings, load_settings
from monitoring.synthetic import summary
from monitoring.synthetic.access_point import AccessPoint, load_access_points
from monitoring.synthetic.gateway import Servers
from monitoring.synthetic.simulation import Scene, Simulation

_REFRESH_SECONDS = 0.2
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; no ``hotspots`` are all of them, no ``portal`` is that of the settings."""

    residents: int
    hotspots: frozenset[str] | None
    minutes: float
    speed: float
    portal: str | None
    vouchers: tuple[str, ...]
    seed: int


def play(wanted: Wanted, *, as_json: bool) -> bool:
    """Play it and print the summary; returns whether nothing unexpected happened.

    Raises:
        HotspotsError: It cannot begin; says why.
    """
    with opened() as database:
        access_points = load_access_points(database, wanted.hotspots)
    settings = load_settings()
    scene = Scene(
        access_points=access_points,
        residents=wanted.residents,
        minutes=wanted.minutes,
        speed=wanted.speed,
        seed=wanted.seed,
        servers=lambda point: servers_for(point, settings),
        portal=(wanted.portal or settings.portal_base_url).rstrip("/"),
        signed_portal=settings.portal_base_url,
        vouchers=wanted.vouchers,
    )
    simulation = Simulation(scene)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(simulation))
    tally = simulation.tally
    if as_json:
        document = {"seed": wanted.seed, "notes": summary.notes(access_points), **tally.document()}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        summary.show(console(), tally, access_points, wanted.seed)
    return tally.clean


def servers_for(point: AccessPoint, settings: Settings) -> Servers:
    """The RADIUS service as an access point on this machine calls it."""
    host = _ANY.get(settings.radius_bind, settings.radius_bind)
    if ":" in host and ":" not in point.address:
        host = "127.0.0.1"  # a service on :: hears IPv4 too
    return Servers((host, settings.radius_auth_port), (host, settings.radius_acct_port))


async def _run(simulation: Simulation) -> None:
    with _progress(simulation) as show:
        showing = asyncio.ensure_future(show())
        try:
            await simulation.run()
        finally:
            showing.cancel()


@contextmanager
def _progress(simulation: Simulation) -> Iterator[Callable[[], Coroutine[None, None, None]]]:
    """A bar on a terminal, nothing elsewhere."""
    screen = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task("Residents who have gone home", total=simulation.scene.residents, figures="")

        async def show() -> None:
            while True:
                tally = simulation.tally
                figures = f"{tally.logged_in.total()} logins, {len(tally.sessions)} sessions stopped"
                bar.update(task, completed=simulation.finished, figures=figures)
                await asyncio.sleep(_REFRESH_SECONDS)

        yield show
