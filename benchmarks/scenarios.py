"""The loads that are offered, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_IN_FLIGHT: Final = ("-w", "64", "--timeout", "5000")
_STORM_LOGINS: Final = 10_000
_DEVICES: Final = 22 * 200
_RETURNS_A_SECOND: Final = 3_000

_EVERY_STORE: Final = (
    "ours-sqlite",
    "ours-postgresql",
    "ours-sqlite-compiled",
    "ours-postgresql-compiled",
    "freeradius-sqlite",
    "freeradius-sqlite-log",
    "freeradius-sqlite-stock",
    "freeradius-postgresql",
    "freeradius-postgresql-stock",
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One load, and the servers that take turns under it.

    Attributes:
        name: Its short name, for the command line.
        title: What it is, for tables.
        arguments: How radload is called, times aside.
        servers: Names of the servers.
        storm: Whether requests come at a fixed rate, whatever the server does, until all were sent; otherwise
            64 conversations are kept going for as long as a measurement takes.
        slow_sync: Whether each sync of the server's disk takes 2 ms longer.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    servers: tuple[str, ...]
    storm: bool = False
    slow_sync: bool = False


SCENARIOS: Final = (
    Scenario(
        "login",
        "Voucher logins (PAP), 64 in flight",
        ("-m", "auth", *_IN_FLIGHT),
        (*_EVERY_STORE, "freeradius-files", "freeradius-cache"),
    ),
    Scenario(
        "accounting",
        "Accounting (Start, 3 Interim, Stop), 64 in flight",
        ("-m", "acct", *_IN_FLIGHT),
        tuple(name for name in _EVERY_STORE if name != "freeradius-sqlite-log"),
    ),
    Scenario(
        "session",
        "Whole sessions (1 login and 5 accounting packets), 64 in flight",
        ("-m", "session", *_IN_FLIGHT),
        _EVERY_STORE,
    ),
    Scenario(
        "storm",
        f"Power cut: {_STORM_LOGINS:,} logins within one second",
        (
            "-m", "storm", "--storm", "auth", "--rate", str(_STORM_LOGINS), "-n", str(_STORM_LOGINS),
            "--timeout", "3000", "--retries", "2",
        ),
        (*(name for name in _EVERY_STORE if name != "freeradius-sqlite"), "freeradius-files"),
        storm=True,
    ),
    Scenario(
        "return",
        f"22 hotspots come back with 200 devices each: {_DEVICES:,} logins and Starts, {_RETURNS_A_SECOND:,} a second",
        (
            "-m", "storm", "--storm", "full", "--rate", str(_RETURNS_A_SECOND), "-n", str(_DEVICES),
            "--timeout", "3000", "--retries", "2",
        ),
        tuple(name for name in _EVERY_STORE if name not in ("freeradius-sqlite", "freeradius-sqlite-stock")),
        storm=True,
    ),
    Scenario(
        "slow-disk",
        "Accounting on a disk that needs 2 ms more for each sync, 64 in flight",
        ("-m", "acct", *_IN_FLIGHT),
        ("ours-sqlite", "ours-sqlite-compiled", "freeradius-sqlite", "freeradius-sqlite-stock"),
        slow_sync=True,
    ),
)  # fmt: skip
