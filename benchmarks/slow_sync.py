"""A slower disk than there is: a library that makes each fsync and fdatasync of a server take longer."""

from __future__ import annotations

import subprocess
from pathlib import Path

DELAY_MICROSECONDS = 2_000
# FreeRADIUS loads its modules with RTLD_DEEPBIND: an SQLite that comes in with one finds the C library's own
# fdatasync. One that is there from the start finds ours.
_SQLITE = "libsqlite3.so.0"
_SOURCE = Path(__file__).with_suffix(".c")


def environment(folder: Path) -> dict[str, str]:
    """Compile the library into a folder; gives the environment that makes a program use it."""
    library = folder / "slow_sync.so"
    if not library.exists():
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return {"LD_PRELOAD": f"{library} {_SQLITE}", "SLOW_SYNC_MICROSECONDS": str(DELAY_MICROSECONDS)}
