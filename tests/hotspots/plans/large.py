"""Tables that a database takes for large, so that it plans as it would after years of use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert, select, text

from hotspots.database import Database
from hotspots.jobs.session_months import make_months
from hotspots.models import (
    AccessPoint,
    Account,
    AuditEntry,
    Authority,
    Change,
    DeviceGrant,
    FaultReport,
    LoginDecision,
    Pass,
    ServicePlan,
    Session,
    SessionCommand,
    UsageHour,
    UsedTicket,
    Voucher,
    VoucherBatch,
)

LARGE: Final = frozenset(
    model.__tablename__
    for model in (
        *(Account, AuditEntry, Change, DeviceGrant, FaultReport, LoginDecision, Pass, Session, SessionCommand),
        *(UsageHour, UsedTicket, Voucher),
    )
)
"""What grows with residents and with time; the other tables grow with the places alone."""

_ROWS: Final = 3_000
_OPEN: Final = 5
_IN_A_BATCH: Final = 20
_A_THOUSAND_TIMES: Final = 1_000
_FIRST: Final = 100_000
"""The first number of what is made here, beside what a test has made itself."""


def fill(database: Database, now: datetime) -> None:
    """Two months of use, for the access points and plans that are there; then the database is told that it is more.

    Nothing in it names what the tests look for, so that they find what they would without it.
    """
    with database.write() as db:
        places = list(db.scalars(select(AccessPoint.id)))
        plan, authority = db.scalars(select(ServicePlan.id)).all()[0], db.scalars(select(Authority.id)).all()[0]
        made_at, until = now - timedelta(days=200), now + timedelta(days=200)
        given = {"plan_id": plan, "authority_id": authority, "created_at": made_at, "created_by": "x"}
        batches = [VoucherBatch(**given, expires_at=until) for _ in range(_ROWS // _IN_A_BATCH)]
        db.add_all(batches)
        db.flush()
        for model, rows in (
            (Session, _sessions(now, places, plan)),
            (LoginDecision, _decisions(now, places)),
            (UsageHour, _hours(now, places)),
            (Voucher, _vouchers([batch.id for batch in batches])),
            (DeviceGrant, _grants(now, places, plan)),
            (Account, _accounts(now, plan, authority)),
            (UsedTicket, _tickets(now)),
            (Change, _notices(now)),
            (SessionCommand, _commands(now)),
            (AuditEntry, _entries(now)),
            (Pass, _passes(now, places)),
        ):
            for some in _in_lots(rows):
                db.execute(insert(model), some)
    make_months(database, now)
    if database.engine.dialect.name == "postgresql":
        _seem_a_thousand_times_larger(database)


def _seem_a_thousand_times_larger(database: Database) -> None:
    """PostgreSQL reckons with rows a page; SQLite, which nobody lets count its rows, takes every table for large."""
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    with database.engine.begin() as connection:
        for name in connection.scalars(text(tables)).all():  # so that nobody counts again afterwards
            connection.execute(text(f"ALTER TABLE {name} SET (autovacuum_enabled = false)"))
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(
            text(
                f"UPDATE pg_class SET reltuples = reltuples * {_A_THOUSAND_TIMES}"  # noqa: S608 - a number of ours
                " WHERE relkind IN ('r', 'i') AND reltuples > 0 AND relnamespace = 'public'::regnamespace"
                " AND (relname LIKE 'sessions%' OR relname = ANY(:large))"
            ),
            {"large": sorted(LARGE)},
        )


def _in_lots(rows: Iterable[dict[str, Any]], size: int = 500) -> Iterator[list[dict[str, Any]]]:
    every = iter(rows)
    while some := list(islice(every, size)):
        yield some


def _device(number: int) -> str:
    return f"06:00:00:00:{number // 256:02x}:{number % 256:02x}"


def _sessions(now: datetime, places: list[int], plan: int) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        is_open = number < _OPEN
        began = now - timedelta(minutes=5 if is_open else 30 * number)
        device = _device(number % 1_500)
        by_voucher = number % 5 == 0
        erased = began < now - timedelta(days=31)
        names = {"device": None, "user_name": None, "framed_ip": None, "subject_kind": None, "subject_key": None}
        yield {
            "id": _FIRST + number,
            "key": f"large/{number}",
            "access_point_id": places[number % len(places)],
            "acct_session_id": f"large{number}",
            "user_name": f"t{number}",
            "device": device,
            "subject_kind": "voucher" if by_voucher else "device",
            "subject_key": str(_FIRST + number) if by_voucher else device,
            "plan_id": plan,
            "framed_ip": "10.9.0.1",
            "started_at": began,
            "updated_at": began + timedelta(minutes=4),
            "stopped_at": None if is_open else began + timedelta(minutes=20),
            "terminate_cause": None if is_open else "User-Request",
            "changed_at": began,
        } | (names if erased else {})


def _decisions(now: datetime, places: list[int]) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {
            "at": now - timedelta(minutes=number * 14),
            "at_door": "radius",
            "access_point_id": places[number % len(places)],
            "device": _device(number),
            "method": "device",
            "reason": "pause_not_over" if number % 4 == 0 else None,
            "checks": [],
        }


def _hours(now: datetime, places: list[int]) -> Iterator[dict[str, Any]]:
    newest = now.replace(minute=0, second=0, microsecond=0)
    for number in range(_ROWS):
        place = places[number % len(places)]
        yield {"hour": newest - timedelta(hours=number // len(places)), "access_point_id": place}


def _vouchers(batches: list[int]) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        digest, batch = number.to_bytes(16, "big"), batches[number // _IN_A_BATCH]
        yield {"id": _FIRST + number, "batch_id": batch, "code_digest": digest, "sealed_code": b""}


def _grants(now: datetime, places: list[int], plan: int) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {
            "device": _device(number),
            "plan_id": plan,
            "subject_kind": "device",
            "subject_key": _device(number),
            "access_point_id": places[number % len(places)],
            "terms_version": 1,
            "granted_at": now - timedelta(days=3),
            "expires_at": now + timedelta(minutes=number),
        }


def _passes(now: datetime, places: list[int]) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        granted = now - timedelta(seconds=20 * number)  # they are kept for a day
        yield {
            "access_point_id": places[number % len(places)],
            "session_key": f"pass/{number}",
            "session_class": b"",
            "user_name": f"large{number}",
            "device": _device(number),
            "handle": f"large{number}",
            "subject_kind": "device",
            "subject_key": _device(number),
            "granted_at": granted,
            "taken_at": granted,
        }


def _accounts(now: datetime, plan: int, authority: int) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {
            "id": _FIRST + number,
            "name": f"somebody{number}@example.org",
            "authority_id": authority,
            "plan_id": plan,
            "password_hash": "x",
            "created_at": now,
            "created_by": "x",
            "expires_at": now + timedelta(hours=number),
        }


def _tickets(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {"nonce": f"n{number}", "expires_at": now + timedelta(seconds=number)}


def _notices(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {"topic": "grants", "key": _device(number), "at": now - timedelta(seconds=30 * number)}


def _commands(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {
            "session_id": _FIRST + number,
            "cause": "limit_reached",
            "asked_by": "accounting",
            "asked_at": now - timedelta(days=1),
            "state": "proved",
        }


def _entries(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(_ROWS):
        yield {"at": now, "actor": "x", "action": "x", "subject": str(number), "detail": {}, "digest": "x"}
