"""`hotspots radius` and other commands as processes of their own, on the database of a test."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.radius.running import House


class Installation:
    """Settings that every process of a test shares: the database of the house, two free ports."""

    def __init__(self, house: House, folder: Path, workers: int = 1) -> None:
        self.folder = folder
        self.auth_port, self.acct_port = free_udp_ports(2)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HOTSPOTS_")
        } | {
            "HOTSPOTS_DATABASE_URL": house.database.engine.url.render_as_string(hide_password=False),
            "HOTSPOTS_SECRET_KEY": house.secret_key.get_secret_value(),
            "HOTSPOTS_DATA_DIR": str(folder),
            "HOTSPOTS_RADIUS_BIND": "127.0.0.1",
            "HOTSPOTS_RADIUS_AUTH_PORT": str(self.auth_port),
            "HOTSPOTS_RADIUS_ACCT_PORT": str(self.acct_port),
            "HOTSPOTS_RADIUS_WORKERS": str(workers),
        }

    def command(self, *words: str) -> Any:
        """What a command of ``hotspots`` shows with ``--json``; fails where it does."""
        run = self.run(*words, "--json")
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _line(*words),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


class RadiusProcess:
    """One worker, from when it says that it serves until it has ended.

    ``before`` stands before its command: that of a network namespace.
    """

    def __init__(self, installation: Installation, *options: str, before: Sequence[str] = ()) -> None:
        self._installation = installation
        self._options = options
        self._before = before
        self.log = installation.folder / f"radius-{id(self)}.log"

    def __enter__(self) -> Self:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = self._installation.folder / f"notify-{id(self)}"
        listener.bind(str(path))
        listener.settimeout(30)
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [*self._before, *_line("--verbose", "radius", *self._options)],
                env=self._installation.environment | {"NOTIFY_SOCKET": str(path)},
                cwd=self._installation.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            said = listener.recv(4096)
        except TimeoutError:
            self.kill()
            raise AssertionError(self.log.read_text()) from None
        finally:
            listener.close()
            path.unlink()
        assert b"READY=1" in said
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _line(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "hotspots", *words]


def free_udp_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody has at the moment, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
