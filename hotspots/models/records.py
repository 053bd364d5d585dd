"""What is written down: login decisions, what staff did, and what changed for those who keep copies in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import AccessPoint

_REFUSED = text("reason IS NOT NULL")
_OF_VOUCHER = text("voucher_id IS NOT NULL")


class LoginDecision(Base):
    """One login as it was decided, with each rule and what was left of it; kept as long as sessions are.

    ``at_door`` says who decided: ``radius`` (the gateway asked) or ``portal`` (a page was refused before that).
    """

    __tablename__ = "login_decisions"
    __table_args__ = (
        Index("ix_login_decisions_access_point_id_at", "access_point_id", "at"),
        # Only refused logins pay for these.
        Index("ix_login_decisions_refused", "device", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
        Index(
            "ix_login_decisions_refused_at",
            *("access_point_id", "at"),
            sqlite_where=_REFUSED,
            postgresql_where=_REFUSED,
        ),
        Index("ix_login_decisions_voucher", "voucher_id", sqlite_where=_OF_VOUCHER, postgresql_where=_OF_VOUCHER),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    at_door: Mapped[str]
    access_point_id: Mapped[int | None] = mapped_column(ForeignKey("access_points.id"))
    device: Mapped[str | None]
    user_name: Mapped[str | None]
    method: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("service_plans.id"))
    reason: Mapped[str | None]
    """Why it was refused; None where it was accepted."""
    retry_at: Mapped[datetime | None]
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    voucher_id: Mapped[int | None]
    """The voucher that was refused; of accepted logins the session tells it, at no cost to them."""

    access_point: Mapped[AccessPoint | None] = relationship()


class AuditEntry(Base):
    """What a member of staff did. Each entry carries the digest of the one before, so that a gap shows."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[str]


class Change(Base):
    """A notice that something changed which others keep in memory: what kind of thing, and its key."""

    __tablename__ = "changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it as it stands

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class SpoolPosition(Base):
    """How far a recorder's spool has been applied: written in the transaction that applies it, so never twice.

    ``segment`` is the number of a file of the spool, ``octets`` the offset in it behind the last applied record.
    """

    __tablename__ = "spool_positions"

    spool: Mapped[str] = mapped_column(primary_key=True)
    segment: Mapped[int] = mapped_column(BigInteger)
    octets: Mapped[int] = mapped_column(BigInteger)
