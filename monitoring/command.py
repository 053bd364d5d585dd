"""The commands of this room: ``hotspots exporter`` and ``hotspots simulate``."""

from __future__ import annotations

import typer

from hotspots.settings import load_settings

app = typer.Typer()


@app.command(epilog="Example: hotspots exporter")
def exporter() -> None:
    """Serve metrics for Prometheus at HOTSPOTS_METRICS_BIND; SIGTERM stops it."""
    from monitoring.exporter import serve  # noqa: PLC0415 - each process loads only what it serves

    serve(load_settings())
