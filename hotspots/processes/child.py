"""One supervised process: how it is started, heard and ended."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from hotspots.processes.listen import FIRST_DESCRIPTOR

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_STATUS_NOT_STARTED: Final = 127  # what a shell says when it cannot start a command
_SIGNALS_LEFT_ALONE: Final = (signal.SIGKILL, signal.SIGSTOP)


@dataclass(frozen=True)
class ChildSpec:
    """What to start: a name for people, a command line, and the sockets to pass in, by name."""

    name: str
    command: Sequence[str]
    sockets: Mapping[str, socket.socket] = field(default_factory=dict)


@dataclass(frozen=True)
class Child:
    """A started process: its id, and a descriptor that becomes readable when it has ended (pidfd_open(2))."""

    pid: int
    descriptor: int

    @classmethod
    def start(cls, spec: ChildSpec, environment: Mapping[str, str], notify_path: Path) -> Child:
        """Start the program in a session of its own; it gets SIGTERM should this process die.

        Ctrl-C then reaches only this process, and nothing of ours is left behind by a kill.

        Args:
            spec: The program and its sockets (sd_listen_fds(3)).
            environment: All of its environment; what the two protocols need is added.
            notify_path: The socket on which it says that it is ready (sd_notify(3)).
        """
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _become(spec, dict(environment) | {"NOTIFY_SOCKET": str(notify_path)}, parent)
        return cls(pid, os.pidfd_open(pid))

    def ask_to_stop(self) -> None:
        """SIGTERM to the process alone: what it started is its own to stop."""
        # The id cannot have gone to another process: only `reap` gives it back.
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the process and to all that it started."""
        self._signal_group(signal.SIGKILL)

    def reap(self) -> str:
        """Collect the ended process and what is left of its group; how it ended, in words."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        self._signal_group(signal.SIGTERM)
        code = os.waitstatus_to_exitcode(status)
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def _signal_group(self, number: signal.Signals) -> None:
        # Nobody may be left in the group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _become(spec: ChildSpec, environment: dict[str, str], parent: int) -> NoReturn:
    """In the forked process: arrange what must be so, and turn into the program."""
    try:
        os.setsid()
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:
            os._exit(_STATUS_NOT_STARTED)
        _restore_signals()
        _place_descriptors([member.fileno() for member in spec.sockets.values()])
        if spec.sockets:
            environment |= {
                "LISTEN_PID": str(os.getpid()),
                "LISTEN_FDS": str(len(spec.sockets)),
                "LISTEN_FDNAMES": ":".join(spec.sockets),
            }
        os.execvpe(spec.command[0], list(spec.command), environment)  # noqa: S606 - no shell is wanted
    except BaseException as error:
        # Whatever it was: the copy of the parent must never run on.
        os.write(2, f"{spec.name} cannot be started: {error}\n".encode())
    os._exit(_STATUS_NOT_STARTED)


def _restore_signals() -> None:
    for number in signal.valid_signals():
        if number not in _SIGNALS_LEFT_ALONE and signal.getsignal(number) not in (None, signal.SIG_DFL):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _place_descriptors(sources: Sequence[int]) -> None:
    """Put the sockets on 3, 4, ... and nothing on standard input; all else closes itself (PEP 446)."""
    # Copied beyond the wanted places first, so that none is overwritten before its turn.
    beyond = [fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR + len(sources)) for source in sources]
    for position, descriptor in enumerate(beyond):
        os.dup2(descriptor, FIRST_DESCRIPTOR + position)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
