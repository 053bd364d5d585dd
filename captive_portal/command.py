"""`hotspots portal`: the portal and the dashboards, as a process of their own."""

from __future__ import annotations

import typer

from captive_portal.app import create_app
from captive_portal.server import Server
from captive_portal.services import EXTENSION
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.processes import listen
from hotspots.settings import load_settings
from hotspots.storage import migrate

app = typer.Typer()


@app.command(epilog="Example: hotspots portal")
def portal() -> None:
    """Serve the residents' portal and the staff's dashboards over HTTP until SIGTERM."""
    settings = load_settings()
    bind = settings.portal_bind
    listener = listen.tcp(listen.PORTAL, bind.host, bind.port, setting="HOTSPOTS_PORTAL_BIND")
    application = create_app(settings)
    _check_tables(application.extensions[EXTENSION].database)
    Server(application, listener, settings.portal_processes).run()


def _check_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        found = migrate.current(connection)
    # No connection may be shared with the worker that is forked from this process.
    database.close()
    if found != migrate.head():
        raise HotspotsError(
            f"the database has the tables of {found or 'no version'}, and not those of {migrate.head()}",
            "Run hotspots database upgrade",
        )
