"""The addresses of databases that this system can live in."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

POSTGRESQL = "postgresql+psycopg"


def parse(text: str) -> URL:
    """The address, with the driver that we use.

    Raises:
        ValueError: It is none, or of another kind of database. The text is not repeated: it may hold a password.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE") from None
    if url.drivername == "sqlite":
        return url
    if url.drivername in ("postgresql", "postgres", POSTGRESQL):
        return url.set(drivername=POSTGRESQL)
    raise ValueError("only sqlite and postgresql databases are supported")


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None where it is another kind, or only in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()
