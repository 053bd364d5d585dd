"""`hotspots run`: the whole system on one machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer
from prometheus_client.multiprocess import mark_process_dead
from rich.table import Table
from rich.text import Text

from hotspots.cli.output import console
from hotspots.processes import bootstrap, listen
from hotspots.processes.bootstrap import Prepared
from hotspots.processes.child import ChildSpec
from hotspots.processes.metrics_folder import VARIABLE, metrics_folder
from hotspots.processes.supervisor import Supervisor
from hotspots.recorder import local_socket
from hotspots.settings import Settings, load_settings
from hotspots.storage.alone import alone_in

_DEMONSTRATION: Final = "simulate --residents 200 --hotspots all --minutes 5"

app = typer.Typer()


@dataclass(frozen=True)
class _Sockets:
    """All that is listened on; one authentication and one accounting socket for each RADIUS worker."""

    recorder: socket.socket
    auth: list[socket.socket]
    acct: list[socket.socket]
    radsec: socket.socket | None
    portal: socket.socket
    metrics: socket.socket


@app.command(epilog="Example: hotspots run")
def run() -> None:
    """Run everything on this machine: RADIUS, portal, metrics and scheduled work; Ctrl-C stops it."""
    os.umask(0o027)  # what is written from here on concerns residents
    settings = load_settings()
    with alone_in(settings.data_dir), metrics_folder(settings.data_dir) as metrics:
        sockets = _bind_all(settings)
        prepared = bootstrap.prepare(settings)
        supervisor = Supervisor(
            children(sockets),
            os.environ | {VARIABLE: str(metrics)},
            on_ready=lambda: _announce(settings, prepared),
            on_death=lambda pid: mark_process_dead(pid, str(metrics)),  # type: ignore[no-untyped-call] # it has none
        )
        asyncio.run(supervisor.run())
    typer.echo("hotspots has stopped")


def children(sockets: _Sockets) -> list[ChildSpec]:
    """The processes, each with the sockets that it serves."""
    workers = [
        ChildSpec(
            f"radius {number}" if len(sockets.auth) > 1 else "radius",
            _command("radius"),
            {listen.RADIUS_AUTH: auth, listen.RADIUS_ACCT: acct},
        )
        for number, (auth, acct) in enumerate(zip(sockets.auth, sockets.acct, strict=True), start=1)
    ]
    return [
        ChildSpec("recorder", _command("recorder"), {listen.RECORDER: sockets.recorder}),
        *workers,
        *([ChildSpec("radsec", _command("radsec"), {listen.RADSEC: sockets.radsec})] if sockets.radsec else []),
        ChildSpec("portal", _command("portal"), {listen.PORTAL: sockets.portal}),
        ChildSpec("exporter", _command("exporter"), {listen.METRICS: sockets.metrics}),
        ChildSpec("scheduler", _command("scheduler")),
    ]


def _command(name: str) -> list[str]:
    # -P: a folder named radius where the operator stands must not be taken for ours.
    return [sys.executable, "-P", "-m", "hotspots", "--verbose", name]


def _bind_all(settings: Settings) -> _Sockets:
    bind, workers = settings.radius_bind, settings.radius_workers
    portal, metrics = settings.portal_bind, settings.metrics_bind
    return _Sockets(
        local_socket.listen(settings.data_dir / local_socket.NAME),
        listen.udp_group(bind, settings.radius_auth_port, workers, setting="HOTSPOTS_RADIUS_AUTH_PORT"),
        listen.udp_group(bind, settings.radius_acct_port, workers, setting="HOTSPOTS_RADIUS_ACCT_PORT"),
        _bind_radsec(settings),
        listen.tcp(listen.PORTAL, portal.host, portal.port, setting="HOTSPOTS_PORTAL_BIND"),
        listen.tcp(listen.METRICS, metrics.host, metrics.port, setting="HOTSPOTS_METRICS_BIND"),
    )


def _bind_radsec(settings: Settings) -> socket.socket | None:
    if settings.radsec_port is None:
        return None
    return listen.tcp(listen.RADSEC, settings.radius_bind, settings.radsec_port, setting="HOTSPOTS_RADSEC_PORT")


def _announce(settings: Settings, prepared: Prepared) -> None:
    table = Table.grid(padding=(0, 3))
    for what, where in _places(settings, prepared).items():
        table.add_row(Text(what, style="bold"), Text(where))
    screen = console()
    screen.print(Text("\nhotspots is running; Ctrl-C stops it"))
    screen.print(table)
    sys.stdout.flush()


def _places(settings: Settings, prepared: Prepared) -> Mapping[str, str]:
    bind = f"[{settings.radius_bind}]" if ":" in settings.radius_bind else settings.radius_bind
    places = {
        "RADIUS authentication": f"UDP {bind}:{settings.radius_auth_port}",
        "RADIUS accounting": f"UDP {bind}:{settings.radius_acct_port}",
        "Portal": f"{settings.portal_base_url}/  (listens on {settings.portal_bind})",
        "Dashboard": f"{settings.portal_base_url}/staff/",
        "Metrics": f"http://{settings.metrics_bind.reachable}/metrics",
    }
    if settings.radsec_port is not None:
        places["RADIUS over TLS"] = f"TCP {bind}:{settings.radsec_port}"
    if prepared.first_password is not None:
        password = prepared.first_password.get_secret_value()
        places["First login"] = f"{prepared.administrator}, password {password}  (shown this once; must be changed)"
    return places | {"See residents arrive": f"{_this_command()} {_DEMONSTRATION}"}


def _this_command() -> str:
    """How the reader calls this command again from where they stand."""
    called = Path(sys.argv[0])
    if called.name != "hotspots":
        return f"{Path(sys.executable).name} -m hotspots"
    found = shutil.which("hotspots")
    if found is not None and Path(found).samefile(called):
        return "hotspots"
    here = Path.cwd()
    return str(called.relative_to(here) if called.is_relative_to(here) else called)
