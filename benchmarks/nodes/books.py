"""What the generators were answered, against what the database holds of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.load import Endpoint

_PATIENCE_SECONDS: Final = 60.0

_BOOK: Final = """
CREATE TEMPORARY TABLE book (session text, status int, seconds bigint, octets_in bigint, octets_out bigint)
"""
_MISSING: Final = """
SELECT count(*) FROM (
    SELECT DISTINCT ON (session) * FROM book ORDER BY session, status = 2 DESC, seconds DESC
) AS newest WHERE NOT EXISTS (
    SELECT FROM sessions WHERE acct_session_id = session AND session_seconds = seconds
        AND octets_up + octets_down = octets_in + octets_out AND (stopped_at IS NOT NULL) = (status = 2)
)
"""
"""Sessions whose last answered report is not there as it was. Acct-Status-Type 2 is a Stop (RFC 2866 section 5.1)."""

_TWICE: Final = "SELECT count(*) - count(DISTINCT acct_session_id) FROM sessions"
_LOGINS: Final = """
SELECT count(*) FROM login_decisions JOIN access_points ON access_points.id = access_point_id
WHERE reason IS NULL AND address = ANY(%s)
"""
_ROWS: Final = "SELECT (SELECT count(*) FROM login_decisions), (SELECT count(*) FROM sessions)"
_CONNECTED: Final = """
SELECT count(*), count(*) FILTER (WHERE query LIKE 'LISTEN hotspots%%') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def addresses(endpoint: Endpoint) -> list[str]:
    """Of the access points whose load goes to this node."""
    return [line.split()[0] for line in endpoint.access_points.read_text().splitlines()]


def logins_missing(connection: psycopg.Connection[Any], places: list[str], answered: int) -> int:
    """How many of a node's answered logins have no decision in the database, once they had time to come there.

    They are written beside the answers, which do not wait for that.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        row = connection.execute(_LOGINS, [places]).fetchone()
        missing = answered - (row[0] if row else 0)
        if missing <= 0 or time.monotonic() > end:
            return max(missing, 0)
        time.sleep(0.1)


def reports_missing(connection: psycopg.Connection[Any], journals: Iterable[Path]) -> int:
    """How many sessions are not in the database as they were answered, or more than once."""
    connection.execute(_BOOK)
    with connection.cursor() as cursor, cursor.copy("COPY book FROM STDIN (DELIMITER ' ')") as copy:
        for journal in journals:
            copy.write(journal.read_bytes())
    found = [connection.execute(asked).fetchone() for asked in (_MISSING, _TWICE)]
    return sum(row[0] for row in found if row)


def connected(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """How many connections the database has beside this one, and how many of them listen to other nodes."""
    row = connection.execute(_CONNECTED).fetchone()
    assert row is not None
    return row[0], row[1]


def seconds_behind(primary: psycopg.Connection[Any], standby_url: str) -> float:
    """How long the standby needs from now on to have replayed all that is on the primary.

    Raises:
        TimeoutError: It has not within a minute, or has other rows then.
    """
    position = primary.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
    wanted = primary.execute(_ROWS).fetchone()
    began = time.monotonic()
    with psycopg.connect(standby_url, autocommit=True) as standby:
        while standby.execute("SELECT pg_last_wal_replay_lsn() >= %s", position).fetchone() != (True,):
            if time.monotonic() - began > _PATIENCE_SECONDS:
                raise TimeoutError("the standby does not follow")
            time.sleep(0.005)
        seconds = time.monotonic() - began
        found = standby.execute(_ROWS).fetchone()
    if found != wanted:
        raise TimeoutError(f"the standby has {found} logins and sessions, the primary {wanted}")
    return seconds
