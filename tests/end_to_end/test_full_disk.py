"""A disk that is full: what cannot be stored is not answered, and with room again all goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.end_to_end import load
from tests.end_to_end.books import compare
from tests.end_to_end.installation import Installation, eventually
from tests.end_to_end.load import Load

DISK_OCTETS = 48 << 20

QUIET_SECONDS = 3.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_OCTETS},mode=0750", "tmpfs", path]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"a small disk needs the right to mount (root, CAP_SYS_ADMIN): {done.stderr}"
    yield path
    # Processes that are being stopped may still have files open there.
    subprocess.run(["umount", "--lazy", path], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not an octet is left to be had."""
    balloon = disk / "balloon"
    descriptor = os.open(balloon, os.O_WRONLY | os.O_CREAT, 0o600)
    for octets in (1 << 20, 1 << 12, 1):
        with suppress(OSError):
            while True:
                os.write(descriptor, bytes(octets))
    os.close(descriptor)
    yield
    balloon.unlink()


def falls_silent(residents: Load) -> bool:
    """Whether nothing is answered for a while: before, there may still be room in files that are used again."""
    before = residents.answered
    time.sleep(QUIET_SECONDS)
    return residents.answered == before


def test_a_full_disk(installation: Installation, small_disk: Path) -> None:
    installation.settings |= {"HOTSPOTS_RADIUS_WORKERS": "2", "HOTSPOTS_DATA_DIR": str(small_disk)}
    installation.serve()
    journal = installation.folder / "journal"

    where = load.endpoint(installation, users=500)
    with Load(where, journal) as residents:
        residents.wait_for(200)
        with full(small_disk):
            # when a worker and the recorder die of something else as well
            for name in ("radius", "recorder"):
                os.kill(installation.children(name)[0], signal.SIGKILL)
            installation.wait_for(r"supervisor: radius \d is ready", times=3)
            installation.wait_for(r"supervisor: recorder is ready", times=2)
            # then they come back, residents get in, and what nothing can keep is not answered
            assert load.lets_in(where)
            assert eventually(lambda: falls_silent(residents), 60), "a disk without room cannot have all of that"
        residents.wait_for(1000)
        measured = residents.stop()

    assert measured.lost == 0
    assert measured.reject == 0
    assert compare(installation, journal) == []
