"""A real supervisor of small services, for the tests: one socket for each manner given as argument."""

from __future__ import annotations

import asyncio
import os
import sys

from hotspots.errors import HotspotsError
from hotspots.processes import listen
from hotspots.processes.child import ChildSpec
from hotspots.processes.supervisor import Supervisor


def main(manners: list[str]) -> None:
    sockets = [listen.udp("none", "127.0.0.1", 0, setting="none") for _ in manners]
    specs = [
        ChildSpec(manner, [sys.executable, "-m", "tests.hotspots.small_service", manner], {"echo": each})
        for manner, each in zip(manners, sockets, strict=True)
    ]
    supervisor = Supervisor(
        specs,
        os.environ,
        on_ready=lambda: print(*(each.getsockname()[1] for each in sockets), flush=True),
        on_death=lambda pid: print("died", pid, flush=True),
        stop_timeout_seconds=0.5,
    )
    try:
        asyncio.run(supervisor.run())
    except HotspotsError as error:
        print(error.message, flush=True)
        sys.exit(error.exit_code)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
