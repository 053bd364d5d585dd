"""Disconnects and changes of limits that were asked for; the radius service takes and settles them, each by one worker.

An order stays ``asked`` until it is settled. Who takes it notes the time in ``sent_at``; should they die before the
answer, it is free for others again a little later. Sending one twice does no harm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, exists, insert, or_, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots.sessions.accounting import LOST, SessionState
from hotspots.sessions.accounting_store import COMMANDS, SESSIONS, STATE_COLUMNS, state_of
from hotspots.sessions.limit_changes import CHANGE
from hotspots.sessions.passes import HAS_PASS
from hotspots.sessions.reconsidering import Regrant

LEASE: Final = timedelta(seconds=30)
"""How long an order belongs to who took it: longer than all attempts together."""

SESSION_NOT_FOUND: Final = 503
"""Error-Cause (RFC 5176 section 3.5): the gateway knows no such session, so it must have ended."""


class State(StrEnum):
    """How an order was settled; ``proved`` comes later, with the Stop."""

    ACKED = "acked"
    NACKED = "nacked"
    TIMED_OUT = "timed_out"
    REPLACED = "replaced"
    """Of a change that the gateway cannot make: a Disconnect was asked for instead."""


@dataclass(frozen=True, slots=True)
class Order:
    """A session that is to be ended or changed: the names that its gateway knows it by."""

    id: int
    session_id: int
    access_point_id: int
    acct_session_id: str
    user_name: str | None
    framed_ip: str | None
    device: str | None
    asked_at: datetime
    kind: str = "disconnect"
    cause: str = ""

    @property
    def is_change(self) -> bool:
        """Whether the session is to be given other limits, and not to be ended."""
        return self.kind == CHANGE


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order: ``round_trip_ms`` and ``error_cause`` only where an answer came.

    ``granted`` is what a change gave to the session.
    """

    state: State
    attempts: int
    error_cause: int | None = None
    round_trip_ms: float | None = None
    granted: Regrant | None = None


def waiting(db: OrmSession, now: datetime, most: int) -> list[Order]:
    """The oldest orders that nobody has taken; those of sessions with a pass are the portal's to carry out."""
    rows = db.execute(
        select(
            COMMANDS.c.id,
            COMMANDS.c.session_id,
            SESSIONS.c.access_point_id,
            SESSIONS.c.acct_session_id,
            SESSIONS.c.user_name,
            SESSIONS.c.framed_ip,
            SESSIONS.c.device,
            COMMANDS.c.asked_at,
            COMMANDS.c.kind,
            COMMANDS.c.cause,
        )
        .join(SESSIONS, SESSIONS.c.id == COMMANDS.c.session_id)
        .where(COMMANDS.c.state == "asked", _free(now), ~HAS_PASS)
        .order_by(COMMANDS.c.id)
        .limit(most)
    )
    return [Order(**row._mapping) for row in rows]


def take(db: OrmSession, orders: Collection[Order], now: datetime) -> list[Order]:
    """Those of the orders that are the caller's from now on; the others were taken meanwhile."""
    taken = db.scalars(
        update(COMMANDS)
        .where(COMMANDS.c.id.in_([order.id for order in orders]), COMMANDS.c.state == "asked", _free(now))
        .values(sent_at=now)
        .returning(COMMANDS.c.id)
    ).all()
    return [order for order in orders if order.id in set(taken)]


def settle(db: OrmSession, order: Order, result: Result, now: datetime) -> SessionState | None:
    """Write down what came of an order; what the Stop has proved meanwhile stays proved.

    A change that the gateway refused or did not answer becomes a Disconnect.

    Returns:
        The session, where this changed it: its new limits, or its end where the gateway does not know it.
    """
    answered = result.round_trip_ms is not None
    known = {
        "attempts": result.attempts,
        "error_cause": result.error_cause,
        "round_trip_ms": result.round_trip_ms,
        "answered_at": now if answered else None,
    }
    db.execute(update(COMMANDS).where(COMMANDS.c.id == order.id).values(known))
    db.execute(
        update(COMMANDS).where(COMMANDS.c.id == order.id, COMMANDS.c.state == "asked").values(state=result.state)
    )
    if result.error_cause == SESSION_NOT_FOUND:
        return _end_lost(db, order, now)
    if result.granted is not None and result.state is State.ACKED:
        return _change(db, order, result.granted, now)
    if order.is_change:
        _ask_disconnect(db, order, now)
    return None


def session_of(db: OrmSession, order: Order) -> SessionState | None:
    """The session of an order as it stands; None where it has ended."""
    open_one = select(*STATE_COLUMNS).where(SESSIONS.c.id == order.session_id, SESSIONS.c.stopped_at.is_(None))
    row = db.execute(open_one).one_or_none()
    return None if row is None else state_of(row)


def _change(db: OrmSession, order: Order, granted: Regrant, now: datetime) -> SessionState | None:
    this = SESSIONS.c.id == order.session_id
    limits = {"limit_seconds": granted.limits.session_seconds, "limit_octets": granted.limits.total_octets}
    values = limits | {"plan_id": granted.plan_id, "changed_at": now}
    db.execute(update(SESSIONS).where(this).values(values))
    row = db.execute(select(*STATE_COLUMNS).where(this)).one_or_none()
    return None if row is None else state_of(row)


def _ask_disconnect(db: OrmSession, order: Order, now: datetime) -> None:
    """Instead of a change, unless the session has ended or is being ended."""
    ending = exists().where(
        COMMANDS.c.session_id == order.session_id, COMMANDS.c.kind == "disconnect", COMMANDS.c.state == "asked"
    )
    if session_of(db, order) is None or db.scalar(select(ending)):
        return
    values = {"kind": "disconnect", "cause": order.cause, "asked_by": "limits", "asked_at": now}
    db.execute(insert(COMMANDS).values(session_id=order.session_id, state="asked", attempts=0, **values))


def _end_lost(db: OrmSession, order: Order, now: datetime) -> SessionState | None:
    this = SESSIONS.c.id == order.session_id
    ended = (
        update(SESSIONS)
        .where(this, SESSIONS.c.stopped_at.is_(None))
        .values(stopped_at=SESSIONS.c.updated_at, terminate_cause=LOST, changed_at=now)
        .returning(SESSIONS.c.id)
    )
    if db.scalar(ended) is None:
        return None
    return state_of(db.execute(select(*STATE_COLUMNS).where(this)).one())


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(COMMANDS.c.sent_at.is_(None), COMMANDS.c.sent_at < now - LEASE)
