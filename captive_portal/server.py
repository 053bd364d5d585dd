"""gunicorn around the portal: one process of threads, on a socket that the supervisor may have passed in."""

from __future__ import annotations

import logging
import os
import re
import socket
from typing import Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

THREADS: Final = 16
GRACEFUL_SECONDS: Final = 8
"""To finish what is being answered; less than the supervisor's patience."""
_LONGEST_REQUEST_LINE: Final = 8190
_QUERY: Final = re.compile(r"\?\S+")
_PASSED_SOCKETS: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """Serves the application until SIGTERM. gunicorn itself tells the supervisor when it listens (sd_notify(3)).

    The application is made before, so that listening means serving, and a mistake in it shows at once.
    """

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self._app = app
        # gunicorn takes the descriptor over, and would take the passed ones a second time.
        self._descriptor = listener.detach()
        for variable in _PASSED_SOCKETS:
            os.environ.pop(variable, None)
        super().__init__()

    def load_config(self) -> None:
        """One worker: what limits count and SQLite's writer are then in one place."""
        options = {
            "bind": [f"fd://{self._descriptor}"],
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 5,
            "limit_request_line": _LONGEST_REQUEST_LINE,
            "control_socket_disable": True,
            "logger_class": _Log,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._app


class _Log(Logger):  # type: ignore[misc] # gunicorn is untyped
    """Hands everything to the logging that the command line has set up, the queries of addresses aside."""

    def setup(self, cfg: Config) -> None:
        """No handlers of its own."""
        self.cfg = cfg
        self.error_log.propagate = True
        self.error_log.addFilter(_without_queries)


def _without_queries(record: logging.LogRecord) -> bool:
    """Take the query out of each address: a voucher's code or a visit may stand in it."""
    record.msg, record.args = _QUERY.sub("?***", record.getMessage()), ()
    return True
