"""Where the processes of one machine keep their counters for the exporter (prometheus-client's multiprocess mode)."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Tells prometheus-client in each process where the folder is."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what is made there is looked at before it is used


@contextmanager
def metrics_folder(data_dir: Path, memory: Path = _MEMORY) -> Iterator[Path]:
    """An empty folder in memory, gone at the end; within the data folder where there is no such memory.

    In memory, because processes write to these files through mmap(2): on a disk without room the kernel would end
    them (SIGBUS), logins and all. Emptied, because the files count what processes did that are gone.
    """
    folder = _in_memory(data_dir, memory) or data_dir / "metrics"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o750, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _in_memory(data_dir: Path, memory: Path) -> Path | None:
    """Always the same for a data folder, so that what a killed supervisor left is found by the next one."""
    if not os.access(memory, os.W_OK | os.X_OK):
        return None
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    folder = memory / f"hotspots-{os.geteuid()}-{digest}"
    try:
        there = folder.lstat()
    except FileNotFoundError:
        return folder
    # Anybody may make something of this name there; a folder of ours is nobody else's to write to.
    ours = stat.S_ISDIR(there.st_mode) and there.st_uid == os.geteuid()
    return folder if ours else None
