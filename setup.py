"""Compiles what handles packets to machine code where HOTSPOTS_COMPILE=1 is set; all else stands in pyproject.toml.

The source stays plain Python and does the same uncompiled; docs/scaling.md says what compiling is worth.
"""

from __future__ import annotations

import os

from setuptools import Extension, setup

# What a packet passes through. Not what defines records of msgspec: their options get lost when they are compiled.
COMPILED = (
    "radius/accounting.py",
    "radius/accounting_port.py",
    "radius/attributes.py",
    "radius/authentication_port.py",
    "radius/bucket.py",
    "radius/duplicates.py",
    "radius/port.py",
    "radius/radsec/tokens.py",
    "radius/receiving.py",
    "radius/shared_secret.py",
    "radius/wire.py",
)


def extensions() -> list[Extension]:
    """The modules to compile; none unless it is asked for, so that otherwise nobody needs a compiler."""
    if os.environ.get("HOTSPOTS_COMPILE") != "1":
        return []
    try:
        from mypyc.build import mypycify  # noqa: PLC0415 - only who compiles has to have it
    except ImportError:
        raise SystemExit(
            "HOTSPOTS_COMPILE=1 needs mypy here, and pip --no-build-isolation (docs/scaling.md)"
        ) from None
    return mypycify([*COMPILED], group_name="radius")


if __name__ == "__main__":
    setup(ext_modules=extensions())
