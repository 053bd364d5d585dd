"""Asking for the end of a session; the radius service sends what is asked for here, and proves it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.models import ServicePlan, Session, SessionCommand
from hotspots.plans import INTERIM_SECONDS

BY_RESIDENT: Final = "user_request"
_UNPROVED: Final = ("asked", "acked", "timed_out", "nacked")
BY_STAFF: Final = "staff"
DISCONNECT: Final = "disconnect"
"""The kind of a command that ends a session."""


def ask(db: OrmSession, session: Session, *, asked_by: str, now: datetime) -> SessionCommand | None:
    """Ask for a Disconnect on behalf of staff; the command that is under way already, where there is one.

    Returns:
        The command, or None where the session has ended by itself.
    """
    if session.stopped_at is not None:
        return None
    command = _under_way(db, session)
    if command is not None:
        return command
    command = SessionCommand(session_id=session.id, cause=BY_STAFF, asked_by=asked_by, asked_at=now, state="asked")
    db.add(command)
    db.flush()
    audit.append(db, actor=asked_by, action="session.disconnect", subject=f"session {session.id}", now=now)
    return command


def ask_for_resident(db: OrmSession, session: Session, now: datetime) -> None:
    """Ask for a Disconnect on behalf of whoever the session counts for, unless it has ended or one is under way."""
    if session.stopped_at is None and _under_way(db, session) is None:
        order = {"cause": BY_RESIDENT, "asked_by": "resident", "asked_at": now, "state": "asked"}
        db.add(SessionCommand(session_id=session.id, **order))


def _under_way(db: OrmSession, session: Session) -> SessionCommand | None:
    commands = select(SessionCommand).where(
        SessionCommand.session_id == session.id, SessionCommand.kind == DISCONNECT
    )
    command = db.scalars(commands.order_by(SessionCommand.id.desc()).limit(1)).first()
    return command if command is not None and is_under_way(command, session) else None


def is_under_way(command: SessionCommand, session: Session) -> bool:
    """Whether there is still something to wait for: no answer yet, or one that accounting has not belied."""
    return command.state == "asked" or (command.state == "acked" and not is_belied(command, session))


def is_belied(command: SessionCommand, session: Session) -> bool:
    """Whether the gateway acknowledged, but went on reporting the session as open: an ACK alone proves nothing."""
    answered_at = command.answered_at
    return session.stopped_at is None and answered_at is not None and session.updated_at > answered_at


def unproved(db: OrmSession, now: datetime, access_points: Collection[int] | None = None) -> int:
    """How many sessions are still open two interim intervals after their Disconnect was asked for.

    Of these access points, or of all.
    """
    still_open = (
        select(func.count(SessionCommand.session_id.distinct()))
        .join(SessionCommand.session)
        .where(
            SessionCommand.kind == DISCONNECT,
            SessionCommand.state.in_(_UNPROVED),
            Session.stopped_at.is_(None),
            or_(*_proof_is_due(db, now)),
        )
    )
    if access_points is not None:
        still_open = still_open.where(Session.access_point_id.in_(access_points))
    return db.scalar(still_open) or 0


def _proof_is_due(db: OrmSession, now: datetime) -> Iterator[ColumnElement[bool]]:
    """By then the Stop has come, or a report shows that the session goes on; its plan says how often it reports."""
    for number, seconds in db.execute(select(ServicePlan.id, ServicePlan.interim_seconds)):
        yield (Session.plan_id == number) & (SessionCommand.asked_at < now - 2 * timedelta(seconds=seconds))
    yield Session.plan_id.is_(None) & (SessionCommand.asked_at < now - 2 * timedelta(seconds=INTERIM_SECONDS))
