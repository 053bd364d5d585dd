"""Asking for the end of a session; the radius service sends what is asked for here, and proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.models import Session, SessionCommand

BY_STAFF: Final = "staff"
_UNDER_WAY = ("asked", "acked")


def ask(db: OrmSession, session: Session, *, asked_by: str, now: datetime) -> SessionCommand | None:
    """Ask for a Disconnect on behalf of staff; the command that is under way already, where there is one.

    Returns:
        The command, or None where the session has ended by itself.
    """
    if session.stopped_at is not None:
        return None
    under_way = select(SessionCommand).where(
        SessionCommand.session_id == session.id, SessionCommand.state.in_(_UNDER_WAY)
    )
    command = db.scalars(under_way.order_by(SessionCommand.id.desc()).limit(1)).first()
    if command is not None:
        return command
    command = SessionCommand(session_id=session.id, cause=BY_STAFF, asked_by=asked_by, asked_at=now, state="asked")
    db.add(command)
    db.flush()
    audit.append(db, actor=asked_by, action="session.disconnect", subject=f"session {session.id}", now=now)
    return command
