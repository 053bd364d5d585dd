"""Which program holds a port, as far as this user may see (proc(5))."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a port."""

    pid: int
    arguments: tuple[str, ...]
    parent_arguments: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program, short."""
        if self.is_ours:
            return "hotspots"
        return Path(self.arguments[0]).name if any(self.arguments) else "?"

    @property
    def is_ours(self) -> bool:
        """Whether it was started as `hotspots ...` or as `python -m hotspots ...`."""
        return _are_ours(self.arguments)

    @property
    def is_left_over(self) -> bool:
        """Whether it will end soon: it is ours and whoever started it has gone, or it is ending."""
        if not any(self.arguments):  # its memory is gone already, its sockets go next (proc_pid_cmdline(5))
            return True
        return self.is_ours and self.arguments[-1] != "run" and not _are_ours(self.parent_arguments)


def find_holder(kind: socket.SocketKind, port: int) -> Holder | None:
    """The process that listens on a local port, None where nobody does or it may not be seen."""
    inodes = set(_inodes("udp" if kind is socket.SOCK_DGRAM else "tcp", port))
    if not inodes:
        return None
    for process in _PROC.iterdir():
        if process.name.isdigit() and _holds(process, inodes):
            return Holder(int(process.name), _arguments(process), _arguments(_PROC / _parent(process)))
    return None


def _are_ours(arguments: tuple[str, ...]) -> bool:
    by_script = any(Path(argument).name == "hotspots" for argument in arguments[:2])
    return by_script or ("-m", "hotspots") in pairwise(arguments)


def _inodes(protocol: str, port: int) -> Iterator[str]:
    for table in (_PROC / "net" / protocol, _PROC / "net" / f"{protocol}6"):
        if not table.exists():  # a kernel without IPv6
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            listens = protocol == "udp" or fields[3] == "0A"  # TCP_LISTEN
            if listens and int(fields[1].rpartition(":")[2], 16) == port:
                yield f"socket:[{fields[9]}]"


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(descriptor.readlink()) in inodes for descriptor in (process / "fd").iterdir())
    except OSError:
        # Ended meanwhile, or another user's.
        return False


def _parent(process: Path) -> str:
    try:
        # The second field is a name in parentheses, which may hold anything.
        return (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
    except OSError:
        return "0"


def _arguments(process: Path) -> tuple[str, ...]:
    try:
        return tuple((process / "cmdline").read_text(errors="replace").rstrip("\0").split("\0"))
    except OSError:
        return ()
