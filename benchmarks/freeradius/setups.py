"""The configurations of FreeRADIUS that we measure against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Store(StrEnum):
    """Where FreeRADIUS keeps users and accounting."""

    FILES = "files"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Setup:
    """One configuration.

    Attributes:
        name: Its short name.
        title: How tables name it; says what it is without a legend.
        store: Users and accounting.
        threads: Size of the thread pool and of the SQL pool; None leaves the default pool (5 to 32).
        log: Whether each login is written to `radpostauth` before it is answered.
        cached: Whether rlm_cache stands in front of SQL and keeps users and their replies for 300 s.
        stock: Debian's own configuration with SQL switched on, instead of only the modules that are needed.
    """

    name: str
    title: str
    store: Store
    threads: int | None
    log: bool = False
    cached: bool = False
    stock: bool = False

    @property
    def write_ahead_log(self) -> bool:
        """Whether SQLite keeps a write-ahead log; the stock configuration leaves the rollback journal."""
        return self.store is Store.SQLITE and not self.stock


SETUPS = (
    Setup("files", "FreeRADIUS files (users in memory, 2 threads)", Store.FILES, 2),
    Setup("sqlite", "FreeRADIUS rlm_sql, SQLite WAL, 1 thread", Store.SQLITE, 1),
    Setup("sqlite-log", "FreeRADIUS rlm_sql, SQLite WAL, 1 thread, post-auth log", Store.SQLITE, 1, log=True),
    Setup(
        "sqlite-stock",
        "FreeRADIUS rlm_sql, SQLite, stock site and pool, post-auth log",
        Store.SQLITE,
        None,
        log=True,
        stock=True,
    ),
    Setup("postgresql", "FreeRADIUS rlm_sql, PostgreSQL, 8 threads", Store.POSTGRESQL, 8),
    Setup(
        "postgresql-stock",
        "FreeRADIUS rlm_sql, PostgreSQL, stock site and pool, post-auth log",
        Store.POSTGRESQL,
        None,
        log=True,
        stock=True,
    ),
    Setup("cache", "FreeRADIUS rlm_sql, PostgreSQL, behind rlm_cache", Store.POSTGRESQL, 8, cached=True),
)
