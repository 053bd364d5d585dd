"""Writing accounting: many reports in one transaction, sessions and hourly aggregates together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from secrets import token_hex
from typing import Any, Final

from msgspec.structs import astuple, replace
from sqlalchemy import Row, Table

from hotspots import models
from hotspots.bulk import Bulk
from hotspots.sessions.accounting import NAS_REBOOT, Growth, Report, SessionState, Status, begins_anew, merge
from hotspots.sessions.known_sessions import KnownSessions

# SQLAlchemy types __table__ as a FromClause; these are tables.
SESSIONS: Table = models.Session.metadata.tables["sessions"]
USAGE_HOURS: Table = models.Session.metadata.tables["usage_hours"]
COMMANDS: Table = models.Session.metadata.tables["session_commands"]

STATE_COLUMNS = [SESSIONS.c[name] for name in SessionState.__struct_fields__]
_ROW = [SESSIONS.c.id, *STATE_COLUMNS]

_NEW: Final = (*SessionState.__struct_fields__, "changed_at")
_COUNTED: Final = (
    *("id", "started_at"),
    *("updated_at", "session_seconds", "octets_up", "octets_down", "framed_ip", "changed_at"),
)
"""What an Interim-Update changes: no column that an index is made of, so that no index is written to.

Of the two that name the row, the second says to PostgreSQL which month it is in.
"""
_RESHAPED: Final = ("id", *_COUNTED[2:], "key", "started_at", "stopped_at", "terminate_cause")
_ORDER: Final = ("session_id", "kind", "cause", "asked_by", "asked_at", "state", "attempts")
_HOUR: Final = ("hour", "access_point_id", "sessions_started", "session_seconds", "octets_up", "octets_down")


_ANSWER_HOLDS: Final = timedelta(seconds=30)
"""So long after the answer to a Disconnect a report may still tell of the time before it."""


@dataclass
class Applied:
    """What a batch changed: the newest state of each session in it, and whether a Disconnect was asked for.

    ``ids`` are the rows of those whose row is known.
    """

    states: dict[str, SessionState] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    disconnects: int = 0


@dataclass
class _Batch:
    """The states as they stood and as they stand now, the rows they are in, and what the hours grew by."""

    before: dict[str, SessionState]
    ids: dict[str, int]
    states: dict[str, SessionState]
    changed: dict[str, SessionState] = field(default_factory=dict)
    hours: dict[tuple[datetime, int], list[int]] = field(default_factory=dict)


def apply(db: Bulk, reports: Sequence[Report], now: datetime, known: KnownSessions | None = None) -> Applied:
    """Apply reports in their order. The caller's transaction makes it durable; applying twice changes nothing.

    What is in ``known`` is not read again.
    """
    batch = _load(db, {report.key for report in reports}, known)
    for report in reports:
        if report.status is Status.ON or report.status is Status.OFF:
            _end_all(db, batch, report)
        else:
            _take(batch, report)
    _prove_disconnects(db, batch, now)
    _write(db, batch, now)
    disconnects = _ask_disconnects(db, batch, now)
    return Applied(batch.changed, batch.ids, disconnects)


def _load(db: Bulk, keys: set[str], known: KnownSessions | None) -> _Batch:
    found = known.among(keys) if known is not None else {}
    missing = keys - found.keys()
    if missing:
        for number, *values in db.fetch(_ROW, "key IN ?", missing):
            state = SessionState(*values)
            found[state.key] = (number, state)
    before = {key: state for key, (_, state) in found.items()}
    return _Batch(before, {key: number for key, (number, _) in found.items()}, dict(before))


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
    """Give the ended session a key of its own, so that the one which uses its name again can have the old one.

    Its beginning is not enough of a name: that is what the gateway claims, and it may claim the same one again.
    """
    aside = f"{state.key}#{int(state.started_at.timestamp() * 1_000_000)}-{token_hex(4)}"
    batch.changed[aside] = replace(state, key=aside)
    batch.changed.pop(state.key, None)
    for place in (batch.before, batch.ids):
        if state.key in place:
            place[aside] = place.pop(state.key)  # type: ignore[assignment] # one type in, the same out


def _grow(batch: _Batch, report: Report, growth: Growth) -> None:
    place = (_hour(report.at), report.access_point_id)
    sums = batch.hours.get(place)
    if sums is None:
        sums = batch.hours[place] = [0, 0, 0, 0]
    sums[0] += growth.sessions_started
    sums[1] += growth.session_seconds
    sums[2] += growth.octets_up
    sums[3] += growth.octets_down


@lru_cache(maxsize=1024)
def _hour(at: datetime) -> datetime:
    """The hour in which something happened; the reports of one batch mostly share their time."""
    return at.replace(minute=0, second=0, microsecond=0)


def _end_all(db: Bulk, batch: _Batch, report: Report) -> None:
    """Accounting-On and -Off (RFC 2866, section 5.1): what was open there before that moment has ended."""
    began_before = "access_point_id = ? AND stopped_at IS NULL AND started_at < ?"
    for number, *values in db.fetch(_ROW, began_before, report.access_point_id, report.at):
        state = SessionState(*values)
        if state.key not in batch.states:
            batch.states[state.key] = batch.before[state.key] = state
            batch.ids[state.key] = number
    for key, state in batch.states.items():
        belongs = state.access_point_id == report.access_point_id
        if belongs and state.stopped_at is None and state.started_at < report.at:
            ended = replace(state, stopped_at=report.at, terminate_cause=NAS_REBOOT)
            batch.states[key] = batch.changed[key] = ended


def _write(db: Bulk, batch: _Batch, now: datetime) -> None:
    new, counted, reshaped = [], [], []
    before_all, ids = batch.before, batch.ids
    for key, state in batch.changed.items():
        before = before_all.get(key)
        if before is None:
            new.append((*astuple(state), now))
        elif (
            before.started_at is state.started_at
            and before.stopped_at is state.stopped_at
            and before.terminate_cause is state.terminate_cause
            and before.key == key
        ):
            counted.append((ids[key], state.started_at, *_counters(state, now)))
        else:
            shape = key, state.started_at, state.stopped_at, state.terminate_cause
            reshaped.append((ids[key], *_counters(state, now), *shape))
    if reshaped:
        # Before what is new: a session that is moved aside gives its key to one of them.
        db.update(SESSIONS, _RESHAPED, reshaped)
    if counted:
        db.update(SESSIONS, _COUNTED, counted, keys=2, apart=True)
    hours = [(*place, *sums) for place, sums in batch.hours.items() if any(sums)]
    if hours:
        db.upsert(USAGE_HOURS, _HOUR, hours, keys=2, add=True)
    if new:
        batch.ids |= db.insert_numbered(SESSIONS, _NEW, new)


def _counters(state: SessionState, now: datetime) -> tuple[Any, ...]:
    counters = state.session_seconds, state.octets_up, state.octets_down
    return (state.updated_at, *counters, state.framed_ip, now)


def _ask_disconnects(db: Bulk, batch: _Batch, now: datetime) -> int:
    """Ask for a Disconnect of each session that has used what it was granted.

    Again where the gateway gave no answer, since the report shows that it can be reached now; and where it said
    that it did, or would not, and the session goes on all the same half a minute later.
    """
    keys = [state.key for state in batch.changed.values() if state.limit_reached]
    if not keys:
        return 0
    asked = (
        "SELECT 1 FROM session_commands WHERE session_id = sessions.id"
        " AND kind = 'disconnect' AND (state = 'asked' OR answered_at > ?)"
    )
    spent = f"key IN ? AND NOT EXISTS ({asked})"
    order = ("disconnect", "limit_reached", "accounting", now, "asked", 0)
    rows = [(number, *order) for (number,) in db.fetch([SESSIONS.c.id], spent, keys, now - _ANSWER_HOLDS)]
    if rows:
        db.insert(COMMANDS, _ORDER, rows)
    return len(rows)


def _prove_disconnects(db: Bulk, batch: _Batch, now: datetime) -> None:
    """A Stop is the proof that a Disconnect worked, whatever its answer was."""
    ended = _ids(batch, (state for state in batch.changed.values() if state.stopped_at is not None))
    if not ended:
        return
    open_ones = "session_id IN ? AND state IN ('asked', 'acked', 'timed_out', 'nacked')"
    db.execute(f"UPDATE session_commands SET state = 'proved', proved_at = ? WHERE {open_ones}", now, ended)  # noqa: S608 - ours


def _ids(batch: _Batch, states: Iterable[SessionState]) -> list[int]:
    """The rows of those that have been there before: what is new has no command yet."""
    return [batch.ids[state.key] for state in states if state.key in batch.before]
