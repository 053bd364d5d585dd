"""`hotspots portal`: the portal and the dashboards, as a process of their own."""

from __future__ import annotations

import typer

from captive_portal.app import create_app
from captive_portal.server import Server
from captive_portal.services import EXTENSION
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
    database = application.extensions[EXTENSION].database
    migrate.check(database.engine, may_be_away=True)
    database.close()  # no connection may be shared with the workers that are forked from this process
    Server(application, listener, settings.portal_processes).run()
