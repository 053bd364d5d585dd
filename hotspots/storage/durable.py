"""Bringing to the disk what a power cut must not take back."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """The contents of a file, or the names in a folder, are on the disk when this returns (fsync(2))."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
