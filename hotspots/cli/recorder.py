"""`hotspots recorder`: writes down what the RADIUS workers of this machine hear and decide."""

from __future__ import annotations

import signal

import typer

from hotspots.database import open_database
from hotspots.processes import listen, notify
from hotspots.recorder import checkpoints, local_socket, neighbours
from hotspots.recorder.backlog import FOLDER, Backlog, spool_name
from hotspots.recorder.process import Recorder
from hotspots.recorder.store import Store
from hotspots.settings import load_settings
from hotspots.storage import commits, migrate

app = typer.Typer()


@app.command(epilog="Example: hotspots recorder")
def recorder() -> None:
    """Write down what the RADIUS workers hear and decide; `hotspots run` and `hotspots radius` start it."""
    settings = load_settings()
    database = open_database(settings)
    migrate.check(database.engine, may_be_away=True)
    listener = listen.local(listen.RECORDER) or local_socket.listen(settings.data_dir / local_socket.NAME)
    spool = settings.data_dir / FOLDER
    node = spool_name(spool)
    with checkpoints.in_background(database) as due:
        process = Recorder(listener, Store(database, node, due), Backlog(spool))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: process.stop())
        notify.ready(f"{settings.data_dir / local_socket.NAME}")
        with neighbours.listening(database, node, process.pass_on), commits.watched("recorder"):
            process.run()
    database.close()
