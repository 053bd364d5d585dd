"""A real child for the tests of the supervisor: answers datagrams with its process id."""

from __future__ import annotations

import os
import signal
import sys

from hotspots.processes import listen, notify


def main(manner: str) -> None:
    if manner == "fails":
        sys.exit(3)
    if manner == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server = listen.udp("echo", "127.0.0.1", 0, setting="none")
    notify.ready()
    while True:
        question, sender = server.recvfrom(100)
        answer = f"{os.getpid()} {os.getsid(0)} {question.decode()}"
        server.sendto(answer.encode(), sender)


if __name__ == "__main__":
    main(sys.argv[1])
