"""Fails when the wheel lacks a file of the five packages, or carries one that is not theirs."""

# ruff: noqa: S603, S607 - it asks the git of this checkout

from __future__ import annotations

import subprocess
import sys
import zipfile

PACKAGES = ("hotspots", "radius", "captive_portal", "monitoring", "config_templates")


def main(wheel: str) -> None:
    """Compare the wheel with what git tracks."""
    listing = subprocess.run(["git", "ls-files", "-z", *PACKAGES], capture_output=True, text=True, check=True)
    tracked = set(filter(None, listing.stdout.split("\0")))
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    for name in sorted(tracked - carried):
        print(f"missing in the wheel: {name} (see package-data in pyproject.toml)", file=sys.stderr)
    for name in sorted(carried - tracked):
        print(f"in the wheel, but not in git: {name}", file=sys.stderr)
    if tracked != carried:
        sys.exit(1)
    print(f"the wheel carries all {len(carried)} files")


if __name__ == "__main__":
    main(sys.argv[1])
