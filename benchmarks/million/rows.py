"""Two years of use in PostgreSQL, made there: sessions by month, what is kept of logins, hours, devices and accounts.

As 15 gminas would have them: most in summer and by day, some places much busier than others, some residents there
every day. What is older than the retention days is erased, as the scheduled job would have left it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from hotspots.database import Database
from hotspots.jobs.session_months import following, make_months

MONTHS: Final = 24
SESSIONS_A_RESIDENT: Final = 20
_SUMMER, _WINTER = (6, 7, 8), (12, 1, 2)
_OPEN_OF: Final = 20_000
"""One in so many sessions of two years is open at this moment, as 25 minutes by day make it."""

Told = Callable[[str, int, int], None]

_SESSIONS: Final = """
INSERT INTO sessions (id, key, access_point_id, acct_session_id, user_name, device, subject_kind, subject_key, plan_id,
    framed_ip, started_at, updated_at, stopped_at, session_seconds, octets_up, octets_down, terminate_cause, changed_at)
SELECT id, CASE WHEN named THEN left(md5(id::text), 24) || '/' || lpad(to_hex(id), 8, '0') ELSE 'erased/' || id END,
    place, lpad(to_hex(id), 8, '0'),
    CASE WHEN named THEN 't' || md5(resident::text) || md5(id::text) END,
    CASE WHEN named THEN device END,
    CASE WHEN named THEN 'device' END, CASE WHEN named THEN device END,
    %(plan)s, CASE WHEN named THEN '10.1.' || (id %% 250) || '.' || (id %% 240 + 2) END,
    began, began + seconds, CASE WHEN NOT %(open)s THEN began + seconds END, extract(epoch FROM seconds)::int,
    (id %% 9000000), (id %% 90000000), CASE WHEN NOT %(open)s THEN 'User-Request' END, began + seconds
FROM (
    SELECT id, place, resident, began, seconds, began > %(named_since)s AS named,
        '02:' || regexp_replace(lpad(to_hex(resident), 10, '0'), '(..)(..)(..)(..)(..)',
            '\\1:\\2:\\3:\\4:\\5') AS device
    FROM (
        SELECT number + %(first)s AS id,
            (%(places)s::int[])[1 + floor(%(many)s * power(random(), 2))::int] AS place,
            floor(%(residents)s * power(random(), 1.3))::int AS resident,
            %(since)s::timestamptz + random() * (%(until)s::timestamptz - %(since)s::timestamptz) AS began,
            make_interval(secs => 60 + floor(4000 * power(random(), 2))) AS seconds
        FROM generate_series(1, %(count)s) AS number
    ) AS drawn
) AS named
"""

_LOGINS: Final = """
INSERT INTO login_decisions (at, at_door, access_point_id, device, method, plan_id, reason, checks)
SELECT started_at - interval '1 second', 'radius', access_point_id, device, 'device', plan_id,
    CASE WHEN id % 10 = 0 THEN 'device_not_remembered' WHEN id % 37 = 0 THEN 'pause_not_over' END,
    '[{"rule": "credential", "used": null, "limit": null, "left": null},
      {"rule": "session_time", "used": null, "limit": 14400, "left": 14400}]'
FROM sessions WHERE device IS NOT NULL
"""

_HOURS: Final = """
INSERT INTO usage_hours (hour, access_point_id, sessions_started, session_seconds, octets_up, octets_down)
SELECT hour, access_points.id, 5, 6000, 100000000, 900000000
FROM generate_series(%(since)s::timestamptz, %(until)s::timestamptz, interval '1 hour') AS hour, access_points
WHERE extract(hour FROM hour) BETWEEN 6 AND 20
ON CONFLICT DO NOTHING
"""

_DEVICES: Final = """
INSERT INTO device_grants (device, plan_id, subject_kind, subject_key, access_point_id, terms_version, granted_at,
    expires_at)
SELECT device, min(plan_id), 'device', device, min(access_point_id), 1, max(started_at),
    max(started_at) + interval '30 days'
FROM sessions WHERE device IS NOT NULL AND plan_id IS NOT NULL GROUP BY device
ON CONFLICT DO NOTHING
"""

_ACCOUNTS: Final = """
INSERT INTO accounts (name, authority_id, plan_id, password_hash, created_at, created_by, expires_at)
SELECT 'resident' || number || '@example.org', (SELECT min(id) FROM authorities), %(plan)s,
    '$argon2id$v=19$m=19456,t=2,p=1$' || md5(number::text) || '$' || md5(number::text) || md5(number::text),
    %(until)s, 'benchmark', %(until)s::timestamptz + interval '1 year'
FROM generate_series(1, %(count)s) AS number ON CONFLICT DO NOTHING
"""


def fill(database: Database, sessions: int, now: datetime, told: Told) -> None:
    """Bring ``sessions`` up to so many rows, and everything beside them in proportion."""
    with _connection(database) as connection:
        if not _count(connection):
            _make_months(database, connection, now)
        there = _count(connection)
        residents = sessions // SESSIONS_A_RESIDENT
        with _without_indexes(connection, told):
            for month, count in _shares(sessions - there, now):
                told(f"sessions of {month:%Y-%m}", there, sessions)
                there += _add(connection, month, min(following(month), now), count, now, residents)
            open_ones = sessions // _OPEN_OF
            _add(connection, now - timedelta(minutes=20), now, open_ones, now, residents, are_open=True)
        _add_the_rest(connection, now, residents, told)


def _add_the_rest(connection: psycopg.Connection[Any], now: datetime, residents: int, told: Told) -> None:
    since = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=730)
    plan = _plan(connection)
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("TRUNCATE login_decisions, device_grants", {}),
        (_LOGINS.replace("%", "%%"), {}),
        (_HOURS, {"since": since, "until": now.replace(minute=0, second=0, microsecond=0)}),
        (_DEVICES, {}),
        (_ACCOUNTS, {"plan": plan, "until": now, "count": residents // 10}),
        ("VACUUM (ANALYZE)", {}),
        ("CHECKPOINT", {}),
    )
    for done, (statement, values) in enumerate(steps):
        told(f"{statement.split('(')[0].strip()[:40]}", done, len(steps))
        connection.execute(statement, values or {"none": None})


def _add(
    connection: psycopg.Connection[Any],
    since: datetime,
    until: datetime,
    count: int,
    now: datetime,
    residents: int,
    *,
    are_open: bool = False,
) -> int:
    places = [number for (number,) in connection.execute("SELECT id FROM access_points ORDER BY id")]
    first = connection.execute("SELECT coalesce(max(last_value), 0) FROM sessions_id_seq").fetchone()
    assert first is not None
    values = {
        "first": first[0], "count": count, "places": places, "many": len(places), "residents": residents,
        "plan": _plan(connection), "since": since, "until": until, "named_since": now - timedelta(days=31),
        "open": are_open,
    }  # fmt: skip
    connection.execute(_SESSIONS, values)
    connection.execute("SELECT setval('sessions_id_seq', %s)", [first[0] + count])
    return count


def _shares(count: int, now: datetime) -> Iterator[tuple[datetime, int]]:
    """The months, oldest first, and how many sessions each gets; the last is as long as it has lasted."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = [month]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    weights = {each: 1.4 if each.month in _SUMMER else 0.7 if each.month in _WINTER else 1.0 for each in months}
    weights[month] *= (now - month) / (following(month) - month)
    total = sum(weights.values())
    for each in reversed(months):
        yield each, round(count * weights[each] / total)


def _make_months(database: Database, connection: psycopg.Connection[Any], now: datetime) -> None:
    """By the job that does it: one session in each month has it make the partition."""
    for month, _ in _shares(0, now):
        _add(connection, month, month + timedelta(minutes=1), 1, now, 1)
    make_months(database, now)
    connection.execute("TRUNCATE sessions")


@contextmanager
def _without_indexes(connection: psycopg.Connection[Any], told: Told) -> Iterator[None]:
    """Rows first and indexes afterwards take a third of the time."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'sessions' AND indexname LIKE 'ix%%'"
    ).fetchall()
    connection.execute("ALTER TABLE sessions DROP CONSTRAINT pk_sessions")
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    yield
    definitions = ["ALTER TABLE sessions ADD CONSTRAINT pk_sessions PRIMARY KEY (started_at, id)"]
    definitions += [definition.replace(" ON ONLY ", " ON ") for _, definition in found]
    for done, definition in enumerate(definitions):
        told("indexes of sessions", done, len(definitions))
        connection.execute(definition)


@contextmanager
def _connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        # Neither turns nor notices for rows that nobody reported.
        connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        yield connection


def _count(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM sessions").fetchone()
    return row[0] if row else 0


def _plan(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT plan_id FROM hotspots ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    return int(row[0])
