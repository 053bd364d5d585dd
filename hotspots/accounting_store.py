"""Writing accounting: many reports in one transaction, sessions and hourly aggregates together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, insert, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import bulk, models
from hotspots.accounting import NAS_REBOOT, Growth, Report, SessionState, Status, begins_anew, merge

# SQLAlchemy types __table__ as a FromClause; these are tables.
SESSIONS: Table = models.Session.metadata.tables["sessions"]
USAGE_HOURS: Table = models.Session.metadata.tables["usage_hours"]
ACCESS_POINT_STATES: Table = models.Session.metadata.tables["access_point_states"]
COMMANDS: Table = models.Session.metadata.tables["session_commands"]

STATE_COLUMNS = [SESSIONS.c[name] for name in SessionState._fields]
_OPEN_COMMAND = ("asked", "acked", "timed_out", "nacked")


@dataclass
class Applied:
    """What a batch changed: the newest state of each session in it, and whether a Disconnect was asked for."""

    states: dict[str, SessionState] = field(default_factory=dict)
    disconnects: int = 0


@dataclass
class _Batch:
    """The states being worked on, those that must be moved aside, and what the hours grew by."""

    states: dict[str, SessionState]
    changed: dict[str, SessionState] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)
    hours: dict[tuple[datetime, int], list[int]] = field(default_factory=dict)


def apply(db: OrmSession, reports: Sequence[Report], now: datetime) -> Applied:
    """Apply reports in their order. The caller's transaction makes it durable; applying twice changes nothing."""
    batch = _load(db, reports)
    for report in reports:
        if report.status in (Status.ON, Status.OFF):
            _end_all(db, batch, report)
        else:
            _take(batch, report)
    _write(db, batch, now)
    _heard(db, reports)
    applied = Applied(batch.changed)
    applied.disconnects = _ask_disconnects(db, batch.changed.values(), now)
    _prove_disconnects(db, batch.changed.values(), now)
    return applied


def _load(db: OrmSession, reports: Sequence[Report]) -> _Batch:
    keys = {report.key for report in reports}
    states = (SessionState(*row) for row in bulk.fetch(db, STATE_COLUMNS, SESSIONS.c.key, keys))
    return _Batch({state.key: state for state in states})


def state_of(row: Row[Any]) -> SessionState:
    """The state that a row of ``sessions`` holds, whose columns have the names of its fields."""
    return SessionState(**row._mapping)


def _take(batch: _Batch, report: Report) -> None:
    key = report.key
    state = batch.states.get(key)
    if state is not None and begins_anew(state, report):
        _move_aside(batch, state)
        state = None
    state, growth = merge(state, report)
    batch.states[key] = batch.changed[key] = state
    _grow(batch, report, growth)


def _move_aside(batch: _Batch, state: SessionState) -> None:
    """Give the ended session a key of its own, so that the one which uses its name again can have the old one."""
    aside = f"{state.key}#{int(state.started_at.timestamp() * 1_000_000)}"
    batch.moved.append((state.key, aside))
    if state.key in batch.changed:
        batch.changed[aside] = batch.changed.pop(state.key)._replace(key=aside)


def _grow(batch: _Batch, report: Report, growth: Growth) -> None:
    hour = report.at.replace(minute=0, second=0, microsecond=0)
    sums = batch.hours.setdefault((hour, report.access_point_id), [0, 0, 0, 0])
    for index, value in enumerate(
        (growth.sessions_started, growth.session_seconds, growth.octets_up, growth.octets_down)
    ):
        sums[index] += value


def _end_all(db: OrmSession, batch: _Batch, report: Report) -> None:
    """Accounting-On and -Off (RFC 2866, section 5.1): what was open there before that moment has ended."""
    open_rows = db.execute(
        select(*STATE_COLUMNS).where(
            SESSIONS.c.access_point_id == report.access_point_id,
            SESSIONS.c.stopped_at.is_(None),
            SESSIONS.c.started_at < report.at,
        )
    )
    for row in open_rows:
        batch.states.setdefault(row.key, state_of(row))
    for key, state in batch.states.items():
        belongs = state.access_point_id == report.access_point_id
        if belongs and state.stopped_at is None and state.started_at < report.at:
            ended = state._replace(stopped_at=report.at, terminate_cause=NAS_REBOOT)
            batch.states[key] = batch.changed[key] = ended


def _write(db: OrmSession, batch: _Batch, now: datetime) -> None:
    for key, aside in batch.moved:
        db.execute(update(SESSIONS).where(SESSIONS.c.key == key).values(key=aside))
    rows = [{**state._asdict(), "changed_at": now} for state in batch.changed.values()]
    if rows:
        bulk.upsert(db, SESSIONS, rows, keys=["key"])
    hours = [
        {
            "hour": hour,
            "access_point_id": access_point_id,
            "sessions_started": sums[0],
            "session_seconds": sums[1],
            "octets_up": sums[2],
            "octets_down": sums[3],
        }
        for (hour, access_point_id), sums in batch.hours.items()
        if any(sums)
    ]
    if hours:
        bulk.upsert(db, USAGE_HOURS, hours, keys=["hour", "access_point_id"], add=True)


def _heard(db: OrmSession, reports: Sequence[Report]) -> None:
    latest: dict[int, datetime] = {}
    for report in reports:
        latest[report.access_point_id] = max(report.at, latest.get(report.access_point_id, report.at))
    rows = [{"access_point_id": key, "last_accounting_at": at} for key, at in latest.items()]
    bulk.upsert(db, ACCESS_POINT_STATES, rows, keys=["access_point_id"])


def _ask_disconnects(db: OrmSession, states: Iterable[SessionState], now: datetime) -> int:
    """Ask for a Disconnect of each session that has used what it was granted.

    Once; again only where the gateway gave no answer, since the report shows that it can be reached now.
    """
    keys = [state.key for state in states if state.limit_reached]
    if not keys:
        return 0
    asked = select(COMMANDS.c.session_id).where(COMMANDS.c.state != "timed_out")
    spent = select(SESSIONS.c.id).where(bulk.among(db, SESSIONS.c.key), SESSIONS.c.id.not_in(asked))
    ids = db.scalars(spent, {"document": bulk.document(keys)}).all()
    rows = [
        {
            "session_id": session_id,
            "kind": "disconnect",
            "cause": "limit_reached",
            "asked_by": "accounting",
            "asked_at": now,
            "state": "asked",
            "attempts": 0,
        }
        for session_id in ids
    ]
    if rows:
        db.execute(insert(COMMANDS), rows)
    return len(rows)


def _prove_disconnects(db: OrmSession, states: Iterable[SessionState], now: datetime) -> None:
    """A Stop is the proof that a Disconnect worked, whatever its answer was."""
    keys = [state.key for state in states if state.stopped_at is not None]
    if not keys:
        return
    ended = select(SESSIONS.c.id).where(bulk.among(db, SESSIONS.c.key))
    open_ones = COMMANDS.c.session_id.in_(ended), COMMANDS.c.state.in_(_OPEN_COMMAND)
    proof = update(COMMANDS).where(*open_ones).values(state="proved", proved_at=now)
    db.execute(proof, {"document": bulk.document(keys)})
