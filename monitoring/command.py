"""The commands of this room: ``hotspots exporter`` and ``hotspots simulate``."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from hotspots.cli.output import JsonOption
from hotspots.settings import load_settings

app = typer.Typer()


# Each command loads what it needs when it is called: the exporter has no use for a simulator in its memory.
# ruff: noqa: PLC0415


@app.command(epilog="Example: hotspots exporter")
def exporter() -> None:
    """Serve metrics for Prometheus at HOTSPOTS_METRICS_BIND; SIGTERM stops it."""
    from monitoring.exporter import serve

    serve(load_settings())


@app.command(epilog="Example: hotspots simulate --residents 200 --hotspots all --minutes 5")
def simulate(
    residents: Annotated[int, typer.Option(min=1, max=100_000, help="How many people come.")] = 200,
    hotspots: Annotated[str, typer.Option(help="Hotspots by their slugs, with commas between; or all.")] = "all",
    minutes: Annotated[float, typer.Option(min=0.05, max=1440, help="How long it takes.")] = 5,
    speed: Annotated[
        float, typer.Option(min=1, max=3600, help="Simulated seconds in a real one: 60 makes a minute an hour.")
    ] = 60,
    portal: Annotated[
        str | None, typer.Option(help="Where the portal is called; HOTSPOTS_PORTAL_BASE_URL where left out.")
    ] = None,
    voucher: Annotated[
        list[str] | None, typer.Option(help="A voucher for one of the residents; may be given several times.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Play the same residents again.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Play residents on the running system: portal, RADIUS and accounting, the way real gateways call them.

    Sessions last for simulated time, so that hours of use fit into minutes; logins happen in real time.
    The exit status is 1 where anything happened that a working system never does.
    """
    from monitoring.synthetic.start import Wanted, play

    wanted = Wanted(
        residents=residents,
        hotspots=None if hotspots == "all" else frozenset(slug for slug in hotspots.split(",") if slug),
        minutes=minutes,
        speed=speed,
        portal=portal,
        vouchers=tuple(voucher or ()),
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
    )
    if not play(wanted, as_json=as_json):
        raise typer.Exit(1)
