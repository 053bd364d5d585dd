"""Sessions, the aggregates that outlive them, and the commands that end them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Index, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import AccessPoint

_OPEN = text("stopped_at IS NULL")
_ENDED = text("stopped_at IS NOT NULL")
_NAMED = text(
    "stopped_at IS NOT NULL AND"
    " (device IS NOT NULL OR user_name IS NOT NULL OR framed_ip IS NOT NULL OR subject_kind IS NOT NULL)"
)


class Session(Base):
    """One stay online, as accounting told it; erasure empties what names a person or a device.

    ``key`` makes accounting idempotent: our own Class where the gateway echoes it, a digest of what names the
    session otherwise. ``limit_seconds`` and ``limit_octets`` are what the Accept granted. ``source`` is where the
    counters come from: None for RADIUS accounting, else the kind of gateway whose own events we made reports of.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        # Each report writes to the indexes of the columns that it changes: those of open, of ended, and of ended
        # sessions that still name somebody are written to once each.
        Index("ix_sessions_open", "access_point_id", "started_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_sessions_ended", "stopped_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
        Index("ix_sessions_named", "access_point_id", "stopped_at", sqlite_where=_NAMED, postgresql_where=_NAMED),
        Index("ix_sessions_subject", "subject_kind", "subject_key", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_points.id"))
    acct_session_id: Mapped[str]
    user_name: Mapped[str | None]
    device: Mapped[str | None] = mapped_column(index=True)
    subject_kind: Mapped[str | None]
    subject_key: Mapped[str | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("service_plans.id"))
    framed_ip: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    session_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    octets_up: Mapped[int] = mapped_column(BigInteger, default=0)
    octets_down: Mapped[int] = mapped_column(BigInteger, default=0)
    terminate_cause: Mapped[str | None]
    limit_seconds: Mapped[int | None] = mapped_column(BigInteger)
    limit_octets: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
    source: Mapped[str | None]

    access_point: Mapped[AccessPoint] = relationship()


NAMES_SOMEBODY: Final = or_(
    Session.device.is_not(None),
    Session.user_name.is_not(None),
    Session.framed_ip.is_not(None),
    Session.subject_kind.is_not(None),
)
"""Sessions that are not erased yet. In these words, which are those of an index, so that what was erased long ago is
not read again and again: it is nearly everything after a year."""


class UsageHour(Base):
    """What went through one access point in one hour: nobody's personal data, so it is kept."""

    __tablename__ = "usage_hours"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_points.id"), primary_key=True)
    sessions_started: Mapped[int] = mapped_column(default=0)
    session_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    octets_up: Mapped[int] = mapped_column(BigInteger, default=0)
    octets_down: Mapped[int] = mapped_column(BigInteger, default=0)


class SessionCommand(Base):
    """A Disconnect that was asked for: sent by the radius service, answered by the gateway, proved by accounting.

    ``kind`` is ``disconnect``, or ``change`` where the session is to have other limits (CoA). ``state`` goes from
    ``asked`` to ``acked``, ``nacked`` or ``timed_out``, and to ``proved`` once a Stop arrived; a change that the
    gateway cannot make is ``replaced`` by a Disconnect.
    ``sent_at`` is when a worker took it to send it.
    """

    __tablename__ = "session_commands"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), index=True)
    kind: Mapped[str] = mapped_column(default="disconnect")
    cause: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="asked", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    error_cause: Mapped[int | None]
    round_trip_ms: Mapped[float | None]
    proved_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship()
