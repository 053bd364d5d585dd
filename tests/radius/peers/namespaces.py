"""A wire between a NAS and a phone, each in a network namespace of its own with random names."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PHONE_MAC = "02:11:22:33:44:55"


@dataclass(frozen=True)
class Wire:
    """Both namespaces, and the name of the interface that each has (``wire``)."""

    nas: str
    phone: str
    interface: str = "wire"

    @property
    def at_the_nas(self) -> tuple[str, ...]:
        """What stands before a command that is to run there."""
        return ("ip", "netns", "exec", self.nas)

    @property
    def at_the_phone(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.phone)


@contextmanager
def wire() -> Iterator[Wire]:
    """Two namespaces with a veth pair between them, gone in the end with all that is in them."""
    assert shutil.which("ip"), "ip is missing: apt-get install iproute2"
    assert os.geteuid() == 0, "network namespaces need root"
    mark = secrets.token_hex(4)
    made = Wire(f"hs-{mark}-nas", f"hs-{mark}-phone")
    try:
        for name in (made.nas, made.phone):
            _ip("netns", "add", name)
            _ip("-netns", name, "link", "set", "lo", "up")
        end, other = ("name", made.interface, "netns", made.nas), ("name", made.interface, "netns", made.phone)
        _ip("link", "add", *end, "type", "veth", "peer", *other)
        _ip("-netns", made.phone, "link", "set", made.interface, "address", PHONE_MAC)
        for name in (made.nas, made.phone):
            _ip("-netns", name, "link", "set", made.interface, "up")
        yield made
    finally:
        for name in (made.nas, made.phone):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
