"""Asking for the end of a session; the radius service sends what is asked for here, and proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.models import Session, SessionCommand

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
    commands = select(SessionCommand).where(
        SessionCommand.session_id == session.id, SessionCommand.kind == DISCONNECT
    )
    command = db.scalars(commands.order_by(SessionCommand.id.desc()).limit(1)).first()
    if command is not None and is_under_way(command, session):
        return command
    command = SessionCommand(session_id=session.id, cause=BY_STAFF, asked_by=asked_by, asked_at=now, state="asked")
    db.add(command)
    db.flush()
    audit.append(db, actor=asked_by, action="session.disconnect", subject=f"session {session.id}", now=now)
    return command


def is_under_way(command: SessionCommand, session: Session) -> bool:
    """Whether there is still something to wait for: no answer yet, or one that accounting has not belied."""
    return command.state == "asked" or (command.state == "acked" and not is_belied(command, session))


def is_belied(command: SessionCommand, session: Session) -> bool:
    """Whether the gateway acknowledged, but went on reporting the session as open: an ACK alone proves nothing."""
    answered_at = command.answered_at
    return session.stopped_at is None and answered_at is not None and session.updated_at > answered_at
