"""gunicorn around the portal: processes of a few threads, on a socket that the supervisor may have passed in."""

from __future__ import annotations

import logging
import os
import re
import socket
import struct
import sys
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn, ThreadWorker
from prometheus_client.multiprocess import mark_process_dead

from hotspots.processes.metrics_folder import VARIABLE
from hotspots.storage import commits

THREADS: Final = 4
"""Of each process. With more that compute at the same time, the interpreter's lock goes from hand to hand, and an
answer under load takes ten times as long (`python -m benchmarks.portal_flood`)."""

STALLED_SECONDS: Final = 10
"""Who began to say something and then is silent for so long, or takes nothing, has gone away."""

GRACEFUL_SECONDS: Final = 8
"""To finish what is being answered; less than the supervisor's patience."""
_LONGEST_REQUEST_LINE: Final = 8190
_QUERY: Final = re.compile(r"\?\S+")
_STALLED: Final = struct.pack("ll", STALLED_SECONDS, 0)  # a timeval, socket(7)
_PASSED_SOCKETS: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """Serves the application until SIGTERM. gunicorn itself tells the supervisor when it listens (sd_notify(3)).

    The application is made before, so that listening means serving, and a mistake in it shows at once.
    """

    def __init__(self, app: Flask, listener: socket.socket, processes: int) -> None:
        self._app = app
        self._processes = processes
        # gunicorn takes the descriptor over, and would take the passed ones a second time.
        self._descriptor = listener.detach()
        for variable in _PASSED_SOCKETS:
            os.environ.pop(variable, None)
        super().__init__()

    def load_config(self) -> None:
        """Workers are forked from the application that was made."""
        options = {
            "bind": [f"fd://{self._descriptor}"],
            "worker_class": _Worker,
            "workers": self._processes,
            "threads": THREADS,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 5,
            "limit_request_line": _LONGEST_REQUEST_LINE,
            "control_socket_disable": True,
            "logger_class": _Log,
            "child_exit": _forget_gauges,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._app


class _Worker(ThreadWorker):  # type: ignore[misc] # gunicorn is untyped
    """Has a thread for those only who ask something, and not for ever."""

    def run(self) -> None:
        """Serve, and have it seen when the database does not end a commit that somebody's page waits for."""
        with commits.watched("portal"):
            super().run()

    def enqueue_req(self, conn: TConn) -> None:
        """Let a connection that has said nothing wait beside the threads: browsers open some that they never use."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, _STALLED)
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))


def _forget_gauges(_server: Arbiter, worker: Worker) -> None:
    """What a worker that has ended said of itself at last is true no more; the supervisor knows only our parent."""
    if VARIABLE in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call] # it has none


class _Log(Logger):  # type: ignore[misc] # gunicorn is untyped
    """Hands everything to the logging that the command line has set up, the queries of addresses aside."""

    def setup(self, cfg: Config) -> None:
        """No handlers of its own."""
        self.cfg = cfg
        self.error_log.propagate = True
        self.error_log.addFilter(_without_queries)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """As ever, but no traceback for everybody who walks away from the Wi-Fi while we talk."""
        if isinstance(sys.exception(), BlockingIOError):
            self.error_log.debug("a client was silent for %d s", STALLED_SECONDS)
        else:
            super().exception(msg, *args, **kwargs)


def _without_queries(record: logging.LogRecord) -> bool:
    """Take the query out of each address: a voucher's code or a visit may stand in it."""
    record.msg, record.args = _QUERY.sub("?***", record.getMessage()), ()
    return True
