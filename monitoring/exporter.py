"""The exporter: serves ``/metrics`` for Prometheus, and ``/healthz`` for whoever wants to know that it lives."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable
from importlib.metadata import version
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, make_wsgi_app
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from hotspots.database import Database, open_database
from hotspots.processes import listen, notify
from hotspots.settings import Settings
from monitoring.backups import BackupsCollector
from monitoring.processes import ProcessesCollector, metrics_folder
from monitoring.runner import DatabaseRunner, collectors

_CLIENT_TIMEOUT_SECONDS: Final = 15

_log = logging.getLogger(__name__)


class _BuildInfo(Collector):
    """Which version of the program this is."""

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily(
            "hotspots_build", "The version of the program.", value={"version": version("powiat-hotspots")}
        )


def make_registry(database: Database, settings: Settings) -> CollectorRegistry:
    """All that a scrape shows: the database's figures, the other processes' metrics, and this process."""
    registry = CollectorRegistry()
    registry.register(DatabaseRunner(database, collectors()))
    registry.register(ProcessesCollector(metrics_folder(settings.data_dir)))
    registry.register(BackupsCollector(settings))
    registry.register(_BuildInfo())
    for process in (ProcessCollector, PlatformCollector, GCCollector):
        process(registry=registry)
    return registry


def make_app(registry: CollectorRegistry) -> WSGIApplication:
    """The two pages, as a WSGI application."""
    metrics: WSGIApplication = make_wsgi_app(registry)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start_response)
        known = path == "/healthz"
        body = b"ok\n" if known else b"there are /metrics and /healthz\n"
        start_response(
            "200 OK" if known else "404 Not Found",
            [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
        )
        return [body]

    return app


class _Handler(WSGIRequestHandler):
    timeout = _CLIENT_TIMEOUT_SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug(format, *args)


class ExporterServer(ThreadingMixIn, WSGIServer):
    """An HTTP server on a socket that listens already."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, app: WSGIApplication) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        host, port = listening.getsockname()[:2]
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()
        self.set_app(app)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        PortTakenError: Another program listens at ``metrics_bind``.
    """
    database = open_database(settings)
    bind = settings.metrics_bind
    listening = listen.tcp(listen.METRICS, bind.host, bind.port, setting="HOTSPOTS_METRICS_BIND")
    with ExporterServer(listening, make_app(make_registry(database, settings))) as server:
        _stop_on_signals(server.shutdown)
        notify.ready(f"http://{bind}/metrics")
        server.serve_forever(poll_interval=0.2)
    notify.stopping()
    database.close()


def _stop_on_signals(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: object) -> None:
        # shutdown() waits for the loop that this very thread runs, so another thread has to ask.
        threading.Thread(target=stop, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
