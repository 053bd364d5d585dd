"""`hotspots radius`: one RADIUS worker; `hotspots radsec`: the one that speaks TLS."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

import typer
import uvloop

from hotspots.access_points.transports import CUSTOMARY_RADSEC_PORT
from hotspots.database import Database, open_database
from hotspots.logins.travel import Travel
from hotspots.processes import listen, notify
from hotspots.recorder import local_socket, own
from hotspots.settings import Settings, load_settings
from hotspots.storage import migrate
from radius.port import Show
from radius.radsec.server import RadSecServer
from radius.server import Keys, Server
from radius.trace import Trace

_MOST_HASHERS: Final = 8  # each takes some 40 MiB while it hashes

app = typer.Typer()


Debug = Annotated[bool, typer.Option("--debug", help="Print each packet; secrets are shown as ***.")]


@app.command(epilog="Example: hotspots radius --debug")
def radius(debug: Debug = False) -> None:
    """Answer RADIUS authentication and accounting; SIGTERM stops it when all that waits is answered."""
    _run(_serve, debug=debug)


@app.command(epilog="Example: hotspots radsec --debug")
def radsec(debug: Debug = False) -> None:
    """Answer RADIUS over TLS (RadSec), authentication and accounting on one port; SIGTERM stops it as the others."""
    _run(_serve_tls, debug=debug)


def _run(serve: Callable[[Settings, Database, Show | None], Coroutine[Any, Any, None]], *, debug: bool) -> None:
    settings = load_settings()
    database = open_database(settings)
    migrate.check_once_it_answers(database.engine)
    with own.where_none_runs(settings.data_dir):
        uvloop.run(serve(settings, database, Trace() if debug else None))
    database.close()


async def _serve(settings: Settings, database: Database, show: Show | None) -> None:
    auth, acct = (
        listen.udp(name, settings.radius_bind, port, setting=setting, workers=settings.radius_workers)
        for name, port, setting in (
            (listen.RADIUS_AUTH, settings.radius_auth_port, "HOTSPOTS_RADIUS_AUTH_PORT"),
            (listen.RADIUS_ACCT, settings.radius_acct_port, "HOTSPOTS_RADIUS_ACCT_PORT"),
        )
    )
    key, recorder = Keys.derive(settings.secret_key), settings.data_dir / local_socket.NAME
    server = Server(
        *(database, key, recorder),
        show=show,
        hashers=_hashers(settings.radius_workers),
        reject_delay_seconds=settings.radius_reject_delay_ms / 1000,
        travel=Travel(settings.travel_kmh, settings.travel_near_m),
    )
    stopped = _stopped()
    await server.start(auth, acct, source_rate=settings.radius_source_rate)
    await _until(stopped, server, "UDP {} and {}".format(*server.ports))


async def _serve_tls(settings: Settings, database: Database, show: Show | None) -> None:
    port = settings.radsec_port or CUSTOMARY_RADSEC_PORT
    listening = listen.tcp(listen.RADSEC, settings.radius_bind, port, setting="HOTSPOTS_RADSEC_PORT")
    key, recorder = Keys.derive(settings.secret_key), settings.data_dir / local_socket.NAME
    server = RadSecServer(
        *(database, key, recorder),
        versions=settings.radsec_version,
        show=show,
        reject_delay_seconds=settings.radius_reject_delay_ms / 1000,
        travel=Travel(settings.travel_kmh, settings.travel_near_m),
    )
    stopped = _stopped()
    await server.start(listening)
    await _until(stopped, server, f"TCP {server.port}")


def _stopped() -> asyncio.Event:
    """Set once somebody asks to stop, and be it while it starts."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _until(stopped: asyncio.Event, server: Server | RadSecServer, where: str) -> None:
    _spare_the_collector()
    notify.ready(where)
    await stopped.wait()
    notify.stopping()
    await server.stop()


def _hashers(workers: int) -> int:
    """This worker's share of the processors, rounded up: hashers stand back for whatever must not wait."""
    return min(_MOST_HASHERS, -(-len(os.sched_getaffinity(0)) // workers))


def _spare_the_collector() -> None:
    """What was loaded at the start stays: looking through all of it for garbage would stop the loop for 0.1 s."""
    gc.collect()
    gc.freeze()
