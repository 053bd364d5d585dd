"""`python -m radius.hasher`: a process that hashes passwords, one after the other, for the worker that started it.

A process and not a thread: a thread shares the interpreter's lock with the loop that answers, and the system divides
the processor among sessions first (sched_autogroup, sched(7)), so that a thread which stands back does so for its own
process only. The recorder was seen waiting for a second behind such threads.

It reads messages from the socket that is its standard input, and ends when the worker does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from pathlib import Path
from typing import Final

from hotspots import passwords

RIGHT: Final = b"right"
WRONG: Final = b"wrong"
FAILED: Final = b"failed"
MOST_OCTETS: Final = 65_536

_NICENESS: Final = 10  # a tenth of what others get, where others want all
_GROUP: Final = Path("/proc/self/autogroup")

_log = logging.getLogger(__name__)


def question(password_hash: str, password: bytes) -> bytes:
    """The message that asks whether a hash was made from this password; there is no NUL in a hash."""
    return password_hash.encode() + b"\0" + password


def main() -> None:
    """Answer until nobody asks any more."""
    _stand_back()
    with socket.socket(fileno=0) as channel:
        while message := channel.recv(MOST_OCTETS):
            channel.send(_answer(message))


def _answer(message: bytes) -> bytes:
    password_hash, _, password = message.partition(b"\0")
    try:
        return RIGHT if passwords.verify_octets(password_hash.decode(), password) else WRONG
    except Exception:
        _log.exception("a password could not be hashed")
        return FAILED


def _stand_back() -> None:
    os.nice(_NICENESS)
    # Where sessions are not divided by, or /proc may not be written to, niceness alone has to do.
    with contextlib.suppress(OSError):
        _GROUP.write_text(str(_NICENESS))


if __name__ == "__main__":
    main()
