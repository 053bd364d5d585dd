"""A recorder of one's own, for a worker that was started by hand."""

from __future__ import annotations

import os
import select
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hotspots.errors import HotspotsError
from hotspots.processes.child import Child, ChildSpec
from hotspots.recorder import local_socket

_START_SECONDS: Final = 30.0


@contextmanager
def where_none_runs(data_dir: Path) -> Iterator[None]:
    """Start `hotspots recorder` where nobody listens in this folder; stop it at the end.

    Raises:
        HotspotsError: It did not become ready.
    """
    if _listens(data_dir / local_socket.NAME):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        path = Path(folder) / "ready"
        command = [sys.executable, "-P", "-m", "hotspots", "recorder"]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as said:
            said.bind(str(path))
            said.settimeout(_START_SECONDS)
            child = Child.start(ChildSpec("recorder", command), os.environ, path)
            _wait_until_ready(child, said)
    try:
        yield
    finally:
        child.ask_to_stop()
        child.reap()


def _listens(path: Path) -> bool:
    try:
        local_socket.connect(path).close()
    except OSError:
        return False
    return True


def _wait_until_ready(child: Child, said: socket.socket) -> None:
    ready, _, _ = select.select([said.fileno(), child.descriptor], [], [], _START_SECONDS)
    if said.fileno() in ready:
        return
    if not ready:
        child.kill()
    raise HotspotsError(f"the recorder {child.reap()} before it was ready", "The lines above say why")
