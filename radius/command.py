"""`hotspots radius`: one RADIUS worker."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from typing import Annotated, Final

import typer
import uvloop

from hotspots import listen, migrate, notify
from hotspots.database import Database, open_database
from hotspots.recorder import local_socket, own
from hotspots.settings import Settings, load_settings
from radius.server import Keys, Server
from radius.trace import Trace

_MOST_HASHERS: Final = 8  # each takes some 40 MiB while it hashes

app = typer.Typer()


@app.command(epilog="Example: hotspots radius --debug")
def radius(
    debug: Annotated[bool, typer.Option("--debug", help="Print each packet; secrets are shown as ***.")] = False,
) -> None:
    """Answer RADIUS authentication and accounting; SIGTERM stops it when all that waits is answered."""
    settings = load_settings()
    database = open_database(settings)
    migrate.check_once_it_answers(database.engine)
    with own.where_none_runs(settings.data_dir):
        uvloop.run(_serve(settings, database, debug=debug))
    database.close()


async def _serve(settings: Settings, database: Database, *, debug: bool) -> None:
    auth, acct = (
        listen.udp(name, settings.radius_bind, port, setting=setting, workers=settings.radius_workers)
        for name, port, setting in (
            (listen.RADIUS_AUTH, settings.radius_auth_port, "HOTSPOTS_RADIUS_AUTH_PORT"),
            (listen.RADIUS_ACCT, settings.radius_acct_port, "HOTSPOTS_RADIUS_ACCT_PORT"),
        )
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    recorder = settings.data_dir / local_socket.NAME
    server = Server(
        database,
        Keys.derive(settings.secret_key),
        recorder,
        show=Trace() if debug else None,
        hashers=_hashers(settings.radius_workers),
    )
    await server.start(auth, acct)
    _spare_the_collector()
    notify.ready("UDP {} and {}".format(*server.ports))
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
